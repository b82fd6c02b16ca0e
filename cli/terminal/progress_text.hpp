// Progress in words, numbers and bars; pure text, drawn anew from each snapshot.
#pragma once

#include "cli/terminal/style.hpp"
#include "image/progress.hpp"

#include <string>
#include <vector>

namespace imgcrypt::cli {

// "512 B", "1.5 KiB", "201.3 MiB"
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);
// "0:07" and "12:34" are minutes and seconds, "3h07" hours and minutes
[[nodiscard]] std::string time_text(std::chrono::duration<double> time);

// Of all blobs together. What is done counts with its whole size, even if it was there already.
struct ProgressTotal {
  std::size_t blobs_done = 0;
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_moved = 0;
  std::chrono::duration<double> time{0};
};
[[nodiscard]] ProgressTotal total_of(const ProgressSnapshot& snapshot);

// "45 %, 270.0 of 600.0 MiB, 201.3 MiB/s, 0:02 left" of a blob on its way; "600.0 MiB in 3.1 s, 193.5 MiB/s"
// of one that is done.
[[nodiscard]] std::string status_text(const BlobProgress& blob);

// A line for each blob that moves or has moved, as many as fit, one that sums up the others, and the total.
// No line is as wide as the terminal.
[[nodiscard]] std::vector<std::string> draw_bars(const ProgressSnapshot& snapshot, const TerminalSize& size);

}  // namespace imgcrypt::cli
