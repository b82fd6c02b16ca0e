// Packets of this provider: a whole age file (age-encryption.org/v1, not armored), which age itself reads and
// writes, around a layer's private options. Its payload is one chunk, as a packet is small. Safe in every
// thread.
#pragma once

#include "keyprovider/age/recipient.hpp"

namespace imgcrypt::keyprovider::age {

// Also how many recipients one file of ours has, each once.
inline constexpr std::size_t kMostRecipients = 64;

// REQUIRES: 1 to kMostRecipients recipients, at most 64 KiB.
[[nodiscard]] Bytes encrypt(const Recipients& recipients, ByteView plaintext);

// nullopt if it is for none of these. The header is authenticated before the payload is looked at. Throws
// kIntegrity for what is damaged or is not an age file, kRefused for what is larger than a packet, a later
// version, a file with a passphrase and too many recipients.
[[nodiscard]] std::optional<SecretBytes> decrypt(const Identities& identities, ByteView file);

}  // namespace imgcrypt::keyprovider::age
