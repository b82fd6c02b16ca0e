// JSON Web Keys (RFC 7517, RFC 7518 section 6): RSA and EC.
#pragma once

#include "keys/key.hpp"

#include <string>
#include <string_view>

namespace imgcrypt {

[[nodiscard]] bool looks_like_jwk(std::string_view file) noexcept;

struct PublicJwk {
  PublicKey key;
  std::string algorithm;  // "alg", may be empty
  std::string key_id;     // "kid", may be empty
  std::string use;        // "use", may be empty
};

// Errors are kUsage, as those of key_file.hpp, and tell apart the half that is not wanted.
[[nodiscard]] PublicJwk parse_public_jwk(std::string_view file);
[[nodiscard]] PrivateKey parse_private_jwk(std::string_view file);

[[nodiscard]] bool is_private_jwk(std::string_view file);
// What a public or a private key says of its public half.
[[nodiscard]] PublicJwk public_half_of_jwk(std::string_view file);

}  // namespace imgcrypt
