// Which of an image's blobs are hashed by a second hand as well. Blobs side by side fill the cores by
// themselves; the last large ones need a second thread for that. Safe for use by several threads.
#pragma once

#include "base/stream/chunk_pool.hpp"

#include <algorithm>
#include <atomic>

namespace imgcrypt {

class HandsChoice {
 public:
  // Of `jobs` blobs side by side, of which so many large ones are to come.
  HandsChoice(std::size_t large, unsigned jobs)
      : left_(static_cast<std::ptrdiff_t>(large)),
        threads_(static_cast<std::ptrdiff_t>(std::min(jobs - 1, kMostThreads))) {}

  static bool is_large(std::uint64_t bytes) noexcept { return bytes >= kWorthASecondHand; }

  // For the next blob.
  [[nodiscard]] Hands next(std::uint64_t bytes) noexcept {
    return is_large(bytes) && left_-- <= threads_ ? Hands::kTwo : Hands::kOne;
  }

 private:
  static constexpr unsigned kMostThreads = 4;  // each has 4.25 MiB of buffers

  std::atomic<std::ptrdiff_t> left_;
  std::ptrdiff_t threads_;
};

}  // namespace imgcrypt
