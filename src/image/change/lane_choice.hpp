// Which of an image's blobs are hashed with a thread beside their own. Blobs side by side fill the cores by
// themselves; the last large ones need a second thread for that. Safe for use by several threads.
#pragma once

#include "base/stream/lane.hpp"

#include <algorithm>
#include <atomic>

namespace imgcrypt {

class LaneChoice {
 public:
  // Of `jobs` blobs side by side, of which so many large ones are to come.
  LaneChoice(std::size_t large, unsigned jobs)
      : left_(static_cast<std::ptrdiff_t>(large)),
        threads_(static_cast<std::ptrdiff_t>(std::min(jobs - 1, kMostThreads))) {}

  static bool is_large(std::uint64_t bytes) noexcept { return bytes >= kWorthAThread; }

  // For the next blob.
  [[nodiscard]] LaneKind next(std::uint64_t bytes) noexcept {
    return is_large(bytes) && left_-- <= threads_ ? LaneKind::kThread : LaneKind::kInline;
  }

 private:
  static constexpr unsigned kMostThreads = 4;  // each has up to 7 MiB of buffers

  std::atomic<std::ptrdiff_t> left_;
  std::ptrdiff_t threads_;
};

}  // namespace imgcrypt
