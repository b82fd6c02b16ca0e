// The packets that confidential-containers puts into a layer's annotation: version 1, which coco_keyprovider
// writes, and version 2, which the confidential-data-hub also reads. The private options are wrapped with
// AES-256-GCM (NIST SP 800-38D) without additional data. Safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <string>

namespace imgcrypt::keyprovider::coco {

inline constexpr std::size_t kKeySize = 32;  // bytes

struct Packet {
  std::string key_id;  // of whoever wrote it: any text
  Bytes wrapped;       // the ciphertext, then its tag
  Bytes nonce;         // kGcmNonceSize bytes in what parse_packet and seal return
};

// As JSON, of version 1.
[[nodiscard]] std::string format_packet(const Packet& packet);
// Of version 1 or 2. Throws kIntegrity if it is damaged, and kRefused if it is of a kind that only other
// programs open (a key management service, A256CTR, a later version).
[[nodiscard]] Packet parse_packet(ByteView packet);

// Wraps `options` with a new random nonce: a key wraps many layers, and a nonce that repeats would give GCM
// away (NIST SP 800-38D, section 8). REQUIRES: the key has kKeySize bytes.
[[nodiscard]] Packet seal(const std::string& key_id, const SecretBytes& key, ByteView options);
// The options. Throws kNoKey "layer authentication failed" if it was wrapped with another key or is
// damaged: nobody can tell which. REQUIRES: `packet` comes from parse_packet or seal; the key has kKeySize
// bytes.
[[nodiscard]] SecretBytes open(const Packet& packet, const SecretBytes& key);

}  // namespace imgcrypt::keyprovider::coco
