// A JSON Web Encryption (RFC 7516) taken apart: its shape, without cryptography. Compact, flattened and
// general serialization read the same. For the sources of this folder. Values that own their bytes.
#pragma once

#include "keys/key.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// The three headers that a recipient may have (RFC 7516 section 4) are one here. What is absent is empty.
struct JweRecipient {
  std::string algorithm;       // "alg"
  std::string key_id;          // "kid", may be empty
  std::optional<EcPoint> epk;  // RFC 7518 section 4.6.1.1
  Bytes apu;                   // sections 4.6.1.2 and 4.6.1.3
  Bytes apv;
  Bytes encrypted_key;
};

struct JweMessage {
  std::string encryption;  // "enc"
  // The additional data of the content encryption, from the packet's own characters: the protected header in
  // base64url and, if there is an "aad", a dot and that.
  std::string aad;  // RFC 7516 section 5.1 step 14
  Bytes iv;
  Bytes ciphertext;
  Bytes tag;
  std::vector<JweRecipient> recipients;

  // Accepts what peers write against section 7.2.1: the first recipient's key repeated beside `recipients`.
  // Throws kIntegrity for what is not a JWE, kRefused for `zip` and `crit`.
  static JweMessage parse(ByteView packet);
  // The packet without the recipients at these positions; everything else keeps its bytes. Throws as parse.
  // REQUIRES: the general serialization (section 7.2.1), as several recipients need it.
  static Bytes without(ByteView packet, const std::set<std::size_t>& positions);
};

}  // namespace imgcrypt
