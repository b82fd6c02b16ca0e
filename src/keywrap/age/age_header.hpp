// The header of an age file (age-encryption.org/v1), which says for whom its file key was wrapped. Read by
// the scheme `age` without a key, and by keyprovider-age, which also writes it. Nothing here authenticates
// it. Pure functions, safe for use by several threads.
#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

inline constexpr std::string_view kAgeStart = "age-encryption.org/";  // its version follows
inline constexpr std::size_t kAgeMacSize = 32;                        // bytes, HMAC-SHA-256
// What a file may have that we read. Each may cost an operation with a private key.
inline constexpr std::size_t kMostAgeStanzas = 128;

// The file key, wrapped for one recipient.
struct AgeStanza {
  std::string type;                         // "X25519"
  std::vector<std::string> arguments = {};  // what they mean depends on the type
  Bytes body = {};
};

struct AgeHeader {
  std::vector<AgeStanza> stanzas;  // at least one
  Bytes mac;                       // kAgeMacSize bytes
  ByteView authenticated;          // what the MAC is of: a part of the file that was parsed
  ByteView payload;                // what follows the header in that file
};

// `file` must outlive the result. It has one form only: base64 without padding, wrapped at 64 columns, one
// space between words. Throws kIntegrity for what is not an age file or is damaged, kRefused for a later
// version and for more than kMostAgeStanzas.
[[nodiscard]] AgeHeader parse_age_header(ByteView file);

// What parse_age_header takes as `authenticated`; the MAC of it and the payload are still to be added.
// REQUIRES: types and arguments are words of visible ASCII.
[[nodiscard]] std::string format_age_stanzas(const std::vector<AgeStanza>& stanzas);
// The line that follows it.
[[nodiscard]] std::string format_age_mac(ByteView mac);

// Names an SSH key in a stanza: base64 of the first four bytes of the SHA-256 of its public key, which is in
// SSH's own encoding (RFC 4253 section 6.6). Others may have the same.
[[nodiscard]] std::string ssh_key_tag(ByteView public_key);

}  // namespace imgcrypt
