// The annotation packets of confidential-containers, version 1 as coco_keyprovider writes them and version 2
// as the confidential-data-hub also reads them. AES-256-GCM without additional data.
#pragma once

#include "base/secret_bytes.hpp"

#include <string>

namespace imgcrypt::keyprovider::coco {

inline constexpr std::size_t kKeySize = 32;  // bytes

struct Packet {
  std::string key_id;
  Bytes wrapped;  // the ciphertext, then its tag
  Bytes nonce;
};

[[nodiscard]] std::string format_packet(const Packet& packet);  // version 1
// Throws Error: kIntegrity for what is damaged, kRefused for what is read elsewhere only.
[[nodiscard]] Packet parse_packet(ByteView packet);

[[nodiscard]] Packet seal(const std::string& key_id, const SecretBytes& key, ByteView options);
// Throws kIntegrity when it is another key, or damaged.
[[nodiscard]] SecretBytes open(const Packet& packet, const SecretBytes& key);

}  // namespace imgcrypt::keyprovider::coco
