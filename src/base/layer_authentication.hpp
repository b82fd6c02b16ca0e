// The one failure of everything that depends on a layer's key once that was unwrapped: neither its code nor
// its text may tell a wrong key from a wrong MAC or a wrong padding.
#pragma once

#include <imgcrypt/error.hpp>

namespace imgcrypt {

// kIntegrity, "layer authentication failed".
[[nodiscard]] inline Error layer_authentication_failed() {
  return {ErrorCode::kIntegrity, "layer authentication failed"};
}

}  // namespace imgcrypt
