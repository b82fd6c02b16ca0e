// Memory for keys and passphrases: locked where the system allows it, left out of core files, zeroed when
// freed, between guard pages. Moves only, so that every copy of a secret can be found by its `copy_of` or
// `joined`. No operator<< and no operator==: compare with equal_constant_time.
#pragma once

#include "base/bytes.hpp"

#include <initializer_list>
#include <string_view>

namespace imgcrypt {

class SecretBytes {
 public:
  SecretBytes() noexcept = default;
  explicit SecretBytes(std::size_t size);  // zeroed; throws std::bad_alloc
  static SecretBytes copy_of(ByteView bytes);
  // The parts one after another: documents with a secret in them are made so, without a copy elsewhere.
  static SecretBytes joined(std::initializer_list<std::string_view> parts);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  // Views live as long as this object is neither moved from nor destroyed.
  [[nodiscard]] ByteView expose() const noexcept { return {data_, size_}; }
  [[nodiscard]] MutableByteView expose_mutable() noexcept { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // Drops the bytes after the first `size`. REQUIRES: size <= this->size().
  void truncate(std::size_t size) noexcept;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t allocated_ = 0;  // size_ as long as nothing is truncated
};

// Time depends on the sizes alone.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b) noexcept;

// Overwrites with zeros in a way that the optimizer keeps.
void wipe(MutableByteView bytes) noexcept;

}  // namespace imgcrypt
