// What a failure says on stderr, which containerd puts into its log. A pure function, for main.
#pragma once

#include <cstddef>
#include <string>

namespace imgcrypt::streamproc {

// Names and packets of an image are quoted in messages, and hints of key providers may be as long as they
// like.
inline constexpr std::size_t kMostErrorBytes = 4 * 1024;  // of the whole line

// "ctd-decoder: error: MESSAGE; HINT" and a line end: one line of printable ASCII. Of a long message the end
// is left out, so that the hint is seen; the hint may have a quarter of the line.
[[nodiscard]] std::string error_line(const std::string& message, const std::string& hint);

}  // namespace imgcrypt::streamproc
