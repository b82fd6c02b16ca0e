// The open half of a layer's encryption, which stands in its annotation `pubopts`.
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>

namespace imgcrypt {

struct PublicOptions {
  Bytes hmac;  // HMAC-SHA-256 of the ciphertext, 32 bytes

  // Throws kRefused for another cipher and for public cipher options, which would override the authenticated
  // ones; kIntegrity for what is malformed.
  static PublicOptions parse(std::string_view json);
  [[nodiscard]] std::string to_json() const;
};

}  // namespace imgcrypt
