// HMAC-SHA-256, computed as the bytes pass (RFC 2104).
#pragma once

#include "base/secret_bytes.hpp"

#include <memory>

namespace imgcrypt {

class HmacSha256 {
 public:
  static constexpr std::size_t kSize = 32;  // bytes

  explicit HmacSha256(const SecretBytes& key);
  HmacSha256(const HmacSha256&) = delete;
  HmacSha256& operator=(const HmacSha256&) = delete;
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  ~HmacSha256();

  void update(ByteView bytes);
  [[nodiscard]] Bytes finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgcrypt
