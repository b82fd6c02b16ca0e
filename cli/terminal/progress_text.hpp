// Progress as text: a status in words, and bars. Pure functions of a snapshot, used by every ProgressForm.
#pragma once

#include "cli/terminal/style.hpp"
#include "image/progress.hpp"

#include <string>
#include <vector>

namespace imgcrypt::cli {

// All blobs that have begun, together. A finished blob counts with its whole size, even if it was there
// already.
struct ProgressTotal {
  std::size_t blobs_done = 0;
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_moved = 0;          // without what was there already: the rate counts only work
  std::chrono::duration<double> time{0};  // since the first blob began
};
[[nodiscard]] ProgressTotal total_of(const ProgressSnapshot& snapshot);

// "45 %, 270.0 of 600.0 MiB, 201.3 MiB/s, 0:02 left" while a blob moves; "600.0 MiB in 3.1 s, 193.5 MiB/s"
// Whether the destination had it, so that none of it moved.
[[nodiscard]] bool was_there(const BlobProgress& blob);
// when it is done; "600.0 MiB, already there" if it was there already.
[[nodiscard]] std::string status_text(const BlobProgress& blob);

// One line for each blob that moves or has moved, as many as the terminal has room for, one that sums up the
// others, and the total. Every line is narrower than the terminal, so that none wraps.
[[nodiscard]] std::vector<std::string> draw_bars(const ProgressSnapshot& snapshot, const TerminalSize& size);

}  // namespace imgcrypt::cli
