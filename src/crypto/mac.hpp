// Message authentication codes, computed as the bytes pass.
#pragma once

#include "base/secret_bytes.hpp"
#include "base/stream/running_hash.hpp"

#include <memory>

namespace imgcrypt {

class Mac final : public RunningHash {
 public:
  // Each goes on from the bytes that this one has seen.
  Mac(const Mac& other);
  Mac& operator=(const Mac& other);
  Mac(Mac&&) noexcept;
  Mac& operator=(Mac&&) noexcept;
  ~Mac() override;

  void update(ByteView bytes) override;
  [[nodiscard]] Bytes finish();  // once

 private:
  friend Mac hmac_sha256(const SecretBytes& key);
  friend Mac poly1305(const SecretBytes& key);

  struct State;
  explicit Mac(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

inline constexpr std::size_t kHmacSha256Size = 32;   // bytes
inline constexpr std::size_t kPoly1305KeySize = 32;  // bytes

// RFC 2104.
[[nodiscard]] Mac hmac_sha256(const SecretBytes& key);

// RFC 8439, section 2.5: four times as fast. Of two different messages under one key, at most one may become
// known together with its code. REQUIRES: the key has kPoly1305KeySize bytes.
[[nodiscard]] Mac poly1305(const SecretBytes& key);

}  // namespace imgcrypt
