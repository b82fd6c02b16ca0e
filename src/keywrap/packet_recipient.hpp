// What a packet tells about one of its recipients to somebody without a key. For lists, messages and the
// removal of recipients. The texts come from outside as they are: of any length, not fit for a terminal.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace imgcrypt {

struct PacketRecipient {
  std::string scheme =
      {};  // "jwe", "pkcs7", "pgp", "provider:NAME"; of an unknown scheme what its annotation says
  std::string algorithm = {};    // how its key was wrapped, such as "RSA-OAEP"; empty: not told
  std::string key_kind = {};     // "RSA 2048", "P-256"; empty: not told
  std::string fingerprint = {};  // jwe: the key id, by default the RFC 7638 thumbprint; pkcs7: "issued by
                                 // CN=one, serial 1a2b"; pgp: the key id; empty: not told
  std::string owner = {};        // whose key it is, as far as somebody here knows; no packet tells
  std::string problem = {};      // why it is of no use here: "not supported"; usually empty
  bool names_one_key = false;    // whether no two keys have this fingerprint, unless one was made for that
  bool is_damaged = false;       // no key can open the packet, whatever the program

  // All of it in one line, in the words of its scheme: "jwe RSA-OAEP key ab12...", "pkcs7 RSA certificate
  // issued by CN=one, serial 1a2b", "key provider demo".
  std::string text = {};
};

// One that is of no use here: its text is "SCHEME ALGORITHM (PROBLEM)", e.g. "pgp (scheme not supported)".
[[nodiscard]] PacketRecipient unusable_recipient(std::string scheme, std::string algorithm,
                                                 std::string problem);
// One whose packet cannot be read: "jwe (cannot be read: not canonical base64)".
[[nodiscard]] PacketRecipient damaged_recipient(std::string scheme, const std::string& why);

// "RSA 2048" for a content key that was encrypted with RSA: the ciphertext is as long as the modulus. Just
// "RSA" for a length that no key has.
[[nodiscard]] std::string rsa_key_kind(ByteView encrypted_key);

}  // namespace imgcrypt
