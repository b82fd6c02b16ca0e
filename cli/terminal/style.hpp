// What the terminal at a descriptor can do: colours, escape sequences, its size. Without a terminal, nothing.
#pragma once

#include <string>
#include <string_view>

namespace imgcrypt::cli {

enum class Tint { kBold, kDim, kRed, kGreen, kYellow, kCyan };

// Paints text, or leaves it as it is.
class Style {
 public:
  // Paints if the descriptor is a terminal, TERM names a capable one, and NO_COLOR is unset or empty
  // (https://no-color.org). A snapshot: it does not follow the descriptor.
  static Style of(int fd);

  [[nodiscard]] bool is_coloured() const noexcept { return is_coloured_; }
  // REQUIRES: text from outside has been through printable(); the result has not the text's width.
  [[nodiscard]] std::string paint(Tint tint, std::string_view text) const;

 private:
  explicit Style(bool is_coloured) : is_coloured_(is_coloured) {}

  bool is_coloured_;
};

// Whether TERM names a terminal without escape sequences, or none. Colours and bars then stay away.
[[nodiscard]] bool is_dumb_terminal();

struct TerminalSize {
  unsigned columns = 0;  // 0: not a terminal, or it does not say
  unsigned rows = 0;
};
// Asks each time: windows are resized.
[[nodiscard]] TerminalSize terminal_size(int fd);

}  // namespace imgcrypt::cli
