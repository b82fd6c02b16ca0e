// The public half of what describes a layer's encryption. It is in the layer's annotation
// org.opencontainers.image.enc.pubopts, in base64. It comes from whoever made the image, and
// nothing authenticates it but the HMAC in it.
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>

namespace imgcrypt {

struct PublicOptions {
  Bytes hmac;  // HMAC-SHA-256 of the ciphertext, 32 bytes

  // Throws kIntegrity if it is malformed, and kRefused for another cipher and for public cipher options:
  // these would override the private ones, which are authenticated.
  static PublicOptions parse(std::string_view json);
  // The same bytes that other programs write. The order of members and the empty `cipheroptions` are fixed
  // (docs/formats.md, "Layer cipher").
  [[nodiscard]] std::string to_json() const;
};

}  // namespace imgcrypt
