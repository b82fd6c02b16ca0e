// Message authentication codes, computed while the bytes pass. Compare them with equal_constant_time. An
// object belongs to one thread at a time.
#pragma once

#include "base/secret_bytes.hpp"
#include "base/stream/running_hash.hpp"

#include <memory>

namespace imgcrypt {

class Mac final : public RunningHash {
 public:
  // The copy has seen the bytes that `other` has seen; from then on they are independent. Throws kOther.
  Mac(const Mac& other);
  Mac& operator=(const Mac& other);
  // A moved-from Mac can only be destroyed or assigned to.
  Mac(Mac&&) noexcept;
  Mac& operator=(Mac&&) noexcept;
  ~Mac() override;

  void update(ByteView bytes) override;
  // The code of all bytes. To be called once, after the last update(). Throws kOther if OpenSSL fails.
  [[nodiscard]] Bytes finish();

 private:
  friend Mac hmac_sha256(const SecretBytes& key);
  friend Mac poly1305(const SecretBytes& key);

  struct State;
  explicit Mac(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

inline constexpr std::size_t kHmacSha256Size = 32;   // bytes
inline constexpr std::size_t kPoly1305KeySize = 32;  // bytes

// HMAC with SHA-256 (RFC 2104, FIPS 198-1) and a key of any size. The code has kHmacSha256Size bytes.
[[nodiscard]] Mac hmac_sha256(const SecretBytes& key);

// Poly1305 (RFC 8439 section 2.5), four times as fast as HMAC, but the key must be random and used once: who
// knows the codes of two different messages under one key can forge others. Comparing a second message with a
// code that nobody sees is safe. The code has 16 bytes. Throws kOther unless the key has kPoly1305KeySize
// bytes.
[[nodiscard]] Mac poly1305(const SecretBytes& key);

}  // namespace imgcrypt
