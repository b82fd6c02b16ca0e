// What the terminal at a descriptor can do: colours, escape sequences, its size. Without a terminal, nothing.
#pragma once

#include "cli/terminal/text.hpp"

#include <string>

namespace imgcrypt::cli {

enum class Tint { kBold, kDim, kRed, kGreen, kYellow, kCyan };

// Paints text, or leaves it as it is.
class Style {
 public:
  // Paints if the descriptor is a terminal, TERM names a capable one, and NO_COLOR is unset or empty
  // (https://no-color.org). A snapshot: it does not follow the descriptor.
  static Style of(int fd);

  [[nodiscard]] bool is_coloured() const noexcept { return is_coloured_; }
  // The result has not the text's width.
  [[nodiscard]] Text paint(Tint tint, const Text& text) const;

 private:
  explicit Style(bool is_coloured) : is_coloured_(is_coloured) {}

  bool is_coloured_;
};

// Whether the locale's characters are UTF-8, as setlocale() decides it (POSIX.1-2017, section 8.2).
[[nodiscard]] bool is_utf8_locale();

// `text` as the descriptor takes it. Elsewhere than on a terminal it is as it is; on one whose locale is not
// UTF-8, everything but ASCII becomes "?", since bytes of it may be control characters there.
[[nodiscard]] std::string encoded_for(int fd, const Text& text);

// Whether TERM names a terminal without escape sequences, or none. Colours and bars then stay away.
[[nodiscard]] bool is_dumb_terminal();

struct TerminalSize {
  unsigned columns = 0;  // 0: not a terminal, or it does not say
  unsigned rows = 0;
};
// Asks each time: windows are resized.
[[nodiscard]] TerminalSize terminal_size(int fd);

}  // namespace imgcrypt::cli
