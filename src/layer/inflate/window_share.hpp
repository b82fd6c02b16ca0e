// A part of the memory that all zstd windows of this process may take together: layers are decompressed side
// by side, and an image chooses the window of each. Small windows, which every ordinary layer has, are free.
// For the inflaters; a share belongs to one thread at a time.
#pragma once

#include <cstdint>

namespace imgcrypt {

class WindowShare {
 public:
  // RFC 8878, section 3.1.1.1.2, recommends every decoder to support this much.
  static constexpr std::uint64_t kSmall = std::uint64_t{8} << 20U;        // bytes
  static constexpr std::uint64_t kMostInSum = std::uint64_t{512} << 20U;  // bytes, small ones not counted

  WindowShare() = default;
  ~WindowShare() { release(); }
  WindowShare(const WindowShare&) = delete;
  WindowShare& operator=(const WindowShare&) = delete;

  // Whether it covers a window of so many bytes.
  [[nodiscard]] bool covers(std::uint64_t window) const noexcept {
    return window <= kSmall || window <= size_;
  }
  // Waits until there is room for the window beside those of others; never for more than one share, so nobody
  // waits for one who waits. Throws kCancelled. REQUIRES: window <= kMostInSum; no share is held.
  void take(std::uint64_t window);
  // Gives back what was taken, if anything.
  void release() noexcept;

 private:
  std::uint64_t size_ = 0;
};

}  // namespace imgcrypt
