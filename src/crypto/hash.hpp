// Hashes, computed as the bytes pass (FIPS 180-4).
#pragma once

#include "base/bytes.hpp"

#include <memory>

namespace imgcrypt {

enum class HashAlgorithm { kSha256, kSha512 };

[[nodiscard]] std::size_t hash_size(HashAlgorithm algorithm) noexcept;  // in bytes

class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void update(ByteView bytes);
  [[nodiscard]] Bytes finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgcrypt
