// BER (X.690) as streaming writers make it, turned into what DerReader reads: definite lengths, octet strings
// in one piece. Nothing else is put in order: neither SETs nor values.
#pragma once

#include "base/bytes.hpp"

#include <optional>

namespace imgcrypt {

// The first element of `ber`; what stands behind it is ignored. nullopt: no BER, cut off, nested deeper than
// 32 levels, or with tag numbers above 30.
[[nodiscard]] std::optional<Bytes> der_from_ber(ByteView ber);

}  // namespace imgcrypt
