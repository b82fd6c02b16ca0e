#include "base/secret_bytes.hpp"

#include <sodium.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <utility>

namespace imgcrypt {
namespace {

// A child that runs on without exec would keep a copy past our own death. Best effort, as locking is.
void wipe_on_fork(void* memory, std::size_t size) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t in_page = reinterpret_cast<std::uintptr_t>(memory) % page;
  ::madvise(static_cast<std::uint8_t*>(memory) - in_page, in_page + size, MADV_WIPEONFORK);
}

std::uint8_t* allocate(std::size_t size) {
  static const int kReady = sodium_init();
  void* memory = kReady < 0 ? nullptr : sodium_malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  wipe_on_fork(memory, size);
  return static_cast<std::uint8_t*>(memory);
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) : data_(allocate(size)), size_(size) { wipe(expose_mutable()); }

SecretBytes SecretBytes::copy_of(ByteView bytes) {
  SecretBytes copy(bytes.size());
  std::ranges::copy(bytes, copy.data_);
  return copy;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SecretBytes::~SecretBytes() { sodium_free(data_); }

void SecretBytes::truncate(std::size_t size) noexcept {
  wipe(expose_mutable().subspan(size));
  size_ = size;
}

bool equal_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(MutableByteView bytes) noexcept { sodium_memzero(bytes.data(), bytes.size()); }

}  // namespace imgcrypt
