// JSON Web Keys (RFC 7517, RFC 7518 section 6): RSA and EC. For key files; key_file.hpp takes them along with
// PEM and DER. Pure functions over values. Errors are kUsage, and kRefused for keys
// that PublicKey refuses.
#pragma once

#include "keys/key.hpp"

#include <string>
#include <string_view>

namespace imgcrypt {

// Whether it begins as a JSON object does.
[[nodiscard]] bool looks_like_jwk(std::string_view file) noexcept;

// The texts are as the file has them. Whether "alg" and "use" fit is checked by JweWrapper, not here.
struct PublicJwk {
  PublicKey key;
  std::string algorithm;  // "alg", may be empty
  std::string key_id;     // "kid", may be empty
  std::string use;        // "use", may be empty
};

// Neither takes a set of keys (RFC 7517 section 5). For the other half of a key the message says which half
// was given.
[[nodiscard]] PublicJwk parse_public_jwk(std::string_view file);
[[nodiscard]] PrivateKey parse_private_jwk(std::string_view file);

// Whether it has the member "d" (RFC 7518 sections 6.2.2.1 and 6.3.2.1). Throws for what is not a JWK, but
// does not check the key.
[[nodiscard]] bool is_private_jwk(std::string_view file);
// The public half of a public or a private key, with what the JWK says about it.
[[nodiscard]] PublicJwk public_half_of_jwk(std::string_view file);

}  // namespace imgcrypt
