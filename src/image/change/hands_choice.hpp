// Which of an image's blobs get a second thread that hashes (chunk_pool.hpp). Several blobs at the same time
// keep the cores busy by themselves; only when fewer large ones are left than jobs would cores idle. Safe for
// use by several threads.
#pragma once

#include "base/stream/chunk_pool.hpp"

#include <algorithm>
#include <atomic>

namespace imgcrypt {

class HandsChoice {
 public:
  // For `jobs` blobs at the same time, with `large` large ones to come. REQUIRES: jobs > 0.
  HandsChoice(std::size_t large, unsigned jobs)
      : left_(static_cast<std::ptrdiff_t>(large)),
        threads_(static_cast<std::ptrdiff_t>(std::min(jobs - 1, kMostThreads))) {}

  // Whether a blob of so many bytes can be worth a second thread at all.
  static bool is_large(std::uint64_t bytes) noexcept { return bytes >= kWorthASecondHand; }

  // For the next blob, of so many bytes. To be called once for each, in the order in which they begin. A blob
  // that is tried again keeps what it got.
  [[nodiscard]] Hands next(std::uint64_t bytes) noexcept {
    return is_large(bytes) && left_-- <= threads_ ? Hands::kTwo : Hands::kOne;
  }

 private:
  static constexpr unsigned kMostThreads = 4;  // each has 5.25 MiB of buffers

  std::atomic<std::ptrdiff_t> left_;  // large blobs that have not begun
  std::ptrdiff_t threads_;
};

}  // namespace imgcrypt
