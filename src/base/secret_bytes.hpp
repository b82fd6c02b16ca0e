// Memory for keys and passphrases: between guard pages, locked in RAM as far as the system's limits allow,
// left out of core files, wiped in forked children, and zeroed when freed. It can only be moved, so that
// every copy of a secret can be found by searching for `copy_of` and `joined`. There is no operator<< and no
// operator==: compare with equal_constant_time. Different objects may be used in different threads. A forked
// child may make objects of its own, but must not destroy those that it has a copy of.
#pragma once

#include "base/bytes.hpp"

#include <initializer_list>
#include <string_view>

namespace imgcrypt {

class SecretBytes {
 public:
  // Empty; expose() gives an empty view.
  SecretBytes() noexcept = default;
  // `size` zero bytes. Throws std::bad_alloc.
  explicit SecretBytes(std::size_t size);
  // The caller's bytes stay where they are; if they are secret too, the caller must wipe them.
  static SecretBytes copy_of(ByteView bytes);
  // The parts one after another: documents with a secret in them are made so, without a copy elsewhere.
  static SecretBytes joined(std::initializer_list<std::string_view> parts);

  // Leaves `other` empty.
  SecretBytes(SecretBytes&& other) noexcept;
  // Swaps the two: the old bytes of this object are zeroed only when `other` is destroyed.
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  // The bytes. Views live as long as this object is neither moved from, assigned to nor destroyed. Every
  // place where a secret leaves this class contains the word "expose".
  [[nodiscard]] ByteView expose() const noexcept { return {data_, size_}; }
  [[nodiscard]] MutableByteView expose_mutable() noexcept { return {data_, size_}; }
  // In bytes.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // Keeps the first `size` bytes and zeroes the rest. Nothing is moved or freed. REQUIRES: size <= size().
  void truncate(std::size_t size) noexcept;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t allocated_ = 0;  // equal to size_ unless it was truncated
};

// Whether both have the same bytes. The time depends only on the two sizes, which are not kept secret.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b) noexcept;

// Overwrites with zeros in a way that the optimizer may not remove.
void wipe(MutableByteView bytes) noexcept;

}  // namespace imgcrypt
