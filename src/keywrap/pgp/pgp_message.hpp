// The outer form of an OpenPGP message (RFC 4880, RFC 9580): the session key, encrypted for each recipient,
// and then the data, encrypted with it. Read by the scheme `pgp` without a key, and by keyprovider-pgp before
// GnuPG sees the message. Pure functions, safe for use by several threads.
#pragma once

#include "base/bytes.hpp"

#include <set>
#include <string>
#include <vector>

namespace imgcrypt {

// What a message may have that we read. Each may cost an operation with a private key, or with several if it
// does not name one.
inline constexpr std::size_t kMostPgpRecipients = 128;

// Of the public-key algorithms (RFC 9580 section 9.1) those that GnuPG encrypts with.
enum class PgpAlgorithm { kRsa, kElGamal, kEcdh, kOther };

// A public-key encrypted session key packet.
struct PgpRecipient {
  PgpAlgorithm algorithm = PgpAlgorithm::kOther;
  // Of the subkey, in 16 upper-case hexadecimal digits, as GnuPG shows it; empty: hidden. Nothing
  // authenticates it.
  std::string key_id = {};
  ByteView number = {};  // the first of the encrypted session key; none of kOther
  ByteView packet = {};  // all of it
};

// How the data is protected against changes.
enum class PgpProtection {
  kMdc,   // version 1 of tag 18: what every reader opens
  kAead,  // version 2 of it, and GnuPG's own tag 20
};

struct PgpMessage {
  std::vector<PgpRecipient> recipients;  // at least one
  PgpProtection protection = PgpProtection::kMdc;
  ByteView data;  // the packet of the encrypted data
};

// `message` must outlive the result. It is binary, not armored. Throws kIntegrity for what is not such a
// message, is damaged, or goes on after the data; kRefused for a message that is for a passphrase, for one
// whose data nothing authenticates (tag 9), and for more than kMostPgpRecipients.
[[nodiscard]] PgpMessage parse_pgp_message(ByteView message);

// The message without the recipients at these positions. Throws as parse_pgp_message. REQUIRES: at least one
// is left.
[[nodiscard]] Bytes without_pgp_recipients(ByteView message, const std::set<std::size_t>& positions);
// The message with key ids of zeros, which mean that readers have to try their keys (RFC 9580 section 5.1.8).
// Throws as parse_pgp_message.
[[nodiscard]] Bytes with_hidden_pgp_recipients(ByteView message);

}  // namespace imgcrypt
