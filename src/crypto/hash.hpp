// Hashes, computed as the bytes pass (FIPS 180-4).
#pragma once

#include "base/stream/running_hash.hpp"

#include <memory>

namespace imgcrypt {

enum class HashAlgorithm { kSha256, kSha512 };

[[nodiscard]] std::size_t hash_size(HashAlgorithm algorithm) noexcept;  // in bytes

class Hasher final : public RunningHash {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher() override;

  void update(ByteView bytes) override;
  [[nodiscard]] Bytes finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgcrypt
