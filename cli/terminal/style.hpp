// Colours for terminals that want them.
#pragma once

#include <string>
#include <string_view>

namespace imgcrypt::cli {

enum class Tint { kBold, kDim, kRed, kGreen, kYellow, kCyan };

class Style {
 public:
  // Colours when the descriptor is a terminal that knows them, and the environment has no NO_COLOR.
  static Style of(int fd);
  static Style plain() { return Style(false); }

  [[nodiscard]] bool is_coloured() const noexcept { return is_coloured_; }
  // The text in that tint, or as it is.
  [[nodiscard]] std::string paint(Tint tint, std::string_view text) const;

 private:
  explicit Style(bool is_coloured) : is_coloured_(is_coloured) {}

  bool is_coloured_;
};

// Whether the terminal, if there is one, knows no escape sequences.
[[nodiscard]] bool is_dumb_terminal();

// Of the terminal behind the descriptor; 0 when it is none, or does not say.
struct TerminalSize {
  unsigned columns = 0;
  unsigned rows = 0;
};
[[nodiscard]] TerminalSize terminal_size(int fd);

}  // namespace imgcrypt::cli
