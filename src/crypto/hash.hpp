// SHA-256 and SHA-512 (FIPS 180-4), computed while the bytes pass. An object belongs to one thread at a time.
#pragma once

#include "base/stream/running_hash.hpp"

#include <memory>

namespace imgcrypt {

// Those that OCI digests name: "sha256:" and "sha512:".
enum class HashAlgorithm { kSha256, kSha512 };

// Of the result, in bytes.
[[nodiscard]] std::size_t hash_size(HashAlgorithm algorithm) noexcept;

class Hasher final : public RunningHash {
 public:
  // Throws kOther if OpenSSL fails, as do update and finish.
  explicit Hasher(HashAlgorithm algorithm);
  // A moved-from Hasher can only be destroyed or assigned to.
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher() override;

  void update(ByteView bytes) override;
  // The hash of all bytes, hash_size() of them. To be called once, after the last update().
  [[nodiscard]] Bytes finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgcrypt
