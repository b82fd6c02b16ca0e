#include "base/secret_bytes.hpp"

#include <sodium.h>

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <utility>

namespace imgcrypt {
namespace {

// A forked child that does not call exec would keep a copy, perhaps for longer than we live. Like locking,
// this may fail: the secret is then only less well protected. madvise(2) wants whole pages.
void wipe_on_fork(void* memory, std::size_t size) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t in_page = reinterpret_cast<std::uintptr_t>(memory) % page;
  ::madvise(static_cast<std::uint8_t*>(memory) - in_page, in_page + size, MADV_WIPEONFORK);
}

struct Region {
  std::uint8_t* data;
  std::size_t size;
};

// Zeroed regions that wait to be used again. Each new one costs a dozen system calls, which change the memory
// map and so stop all threads; that took more time than everything else about a small layer. A region is only
// used again for the same size, so that its end stays next to a guard page. Only a few small ones are kept:
// they stay locked, and the system limits how many pages may be.
class SpareRegions {
 public:
  // Null if there is none of that size.
  [[nodiscard]] std::uint8_t* take(std::size_t size) noexcept {
    const std::lock_guard lock(mutex_);
    const auto end = regions_.begin() + count_;
    const auto found =
        std::find_if(regions_.begin(), end, [size](const Region& r) { return r.size == size; });
    if (found == end) return nullptr;
    std::uint8_t* data = found->data;
    std::move(found + 1, end, found);
    --count_;
    return data;
  }

  // In a forked child they are wiped, and with them what libsodium checks when it frees them.
  void forget() noexcept { count_ = 0; }

  // Keeps it, and returns what is to be freed instead: the region itself if it is large, the oldest one if
  // there are many, or null.
  [[nodiscard]] std::uint8_t* give(Region region) noexcept {
    if (region.size > kLargest) return region.data;
    const std::lock_guard lock(mutex_);
    std::uint8_t* oldest = nullptr;
    if (count_ == kMost) {
      oldest = regions_[0].data;
      std::move(regions_.begin() + 1, regions_.end(), regions_.begin());
      --count_;
    }
    regions_[static_cast<std::size_t>(count_++)] = region;
    return oldest;
  }

 private:
  static constexpr std::ptrdiff_t kMost = 8;
  static constexpr std::size_t kLargest = 2048;  // bytes: one page, with what libsodium puts around it

  std::mutex mutex_;
  std::array<Region, kMost> regions_{};  // the first `count_`, the newest last
  std::ptrdiff_t count_ = 0;
};

constinit SpareRegions spare_regions;

bool start() {
  ::pthread_atfork(nullptr, nullptr, [] { spare_regions.forget(); });
  return sodium_init() >= 0;
}

std::uint8_t* allocate(std::size_t size) {
  static const bool kIsReady = start();
  void* memory = kIsReady ? sodium_malloc(size) : nullptr;
  if (memory == nullptr) throw std::bad_alloc();
  wipe_on_fork(memory, size);
  return static_cast<std::uint8_t*>(memory);
}

// Slots for small secrets, such as the keys of layers, of which an image may have tens of thousands. With
// pages of its own each would need two entries of the memory map, which the system limits to 65 530, and most
// would not be locked, which it limits too. Their pages are kept until the program ends. Free slots are a
// list through their first bytes; in a forked child, where these are zero, it ends early, and new pages are
// taken.
class Slots {
 public:
  static constexpr std::size_t kSize = 32;

  // Zeroed.
  [[nodiscard]] std::uint8_t* take() {
    const std::lock_guard lock(mutex_);
    if (first_ == nullptr) add_slots();
    FreeSlot* slot = std::exchange(first_, first_->next);
    slot->next = nullptr;
    return reinterpret_cast<std::uint8_t*>(slot);
  }

  // REQUIRES: it is zero.
  void give(std::uint8_t* slot) noexcept {
    const std::lock_guard lock(mutex_);
    first_ = ::new (slot) FreeSlot{first_};
  }

 private:
  struct FreeSlot {
    FreeSlot* next;
  };
  static constexpr std::size_t kSlots = 127;  // one page, with what libsodium puts before them

  void add_slots() {
    std::uint8_t* page = allocate(kSlots * kSize);
    wipe({page, kSlots * kSize});
    for (std::size_t i = 0; i < kSlots; ++i) first_ = ::new (page + i * kSize) FreeSlot{first_};
  }

  std::mutex mutex_;
  FreeSlot* first_ = nullptr;
};

constinit Slots slots;

// Zeroed.
std::uint8_t* obtain(std::size_t size) {
  if (size <= Slots::kSize) return slots.take();
  if (std::uint8_t* spare = spare_regions.take(size)) return spare;
  std::uint8_t* fresh = allocate(size);
  // libsodium fills new memory with a pattern.
  wipe({fresh, size});
  return fresh;
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) : data_(obtain(size)), size_(size), allocated_(size) {}

SecretBytes SecretBytes::copy_of(ByteView bytes) {
  SecretBytes copy(bytes.size());
  std::ranges::copy(bytes, copy.data_);
  return copy;
}

SecretBytes SecretBytes::joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  SecretBytes whole(size);
  std::uint8_t* to = whole.data_;
  for (const std::string_view part : parts) to = std::ranges::copy(as_bytes(part), to).out;
  return whole;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      allocated_(std::exchange(other.allocated_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(allocated_, other.allocated_);
  return *this;
}

SecretBytes::~SecretBytes() {
  if (data_ == nullptr) return;
  // Before it is given away: what waits to be used again holds nothing.
  wipe({data_, allocated_});
  if (allocated_ <= Slots::kSize) {
    slots.give(data_);
    return;
  }
  sodium_free(spare_regions.give({data_, allocated_}));
}

void SecretBytes::truncate(std::size_t size) noexcept {
  wipe(expose_mutable().subspan(size));
  size_ = size;
}

bool equal_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(MutableByteView bytes) noexcept { sodium_memzero(bytes.data(), bytes.size()); }

}  // namespace imgcrypt
