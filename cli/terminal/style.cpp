#include "cli/terminal/style.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace imgcrypt::cli {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

// Parameters of SGR (ECMA-48, section 8.3.117). The eight basic colours only: themes make them readable.
std::string_view code(Tint tint) {
  switch (tint) {
    case Tint::kBold:
      return "1";
    case Tint::kDim:
      return "2";
    case Tint::kRed:
      return "31";
    case Tint::kGreen:
      return "32";
    case Tint::kYellow:
      return "33";
    case Tint::kCyan:
      return "36";
  }
  return "0";
}

}  // namespace

Style Style::of(int fd) {
  return Style(::isatty(fd) == 1 && environment("NO_COLOR").empty() && !is_dumb_terminal());
}

bool is_dumb_terminal() { return environment("TERM").empty() || environment("TERM") == "dumb"; }

std::string Style::paint(Tint tint, std::string_view text) const {
  if (!is_coloured_ || text.empty()) return std::string(text);
  return "\033[" + std::string(code(tint)) + "m" + std::string(text) + "\033[0m";
}

TerminalSize terminal_size(int fd) {
  // A terminal may answer 0 by 0, e.g. a serial line or a container's.
  winsize size = {};
  if (::isatty(fd) != 1 || ::ioctl(fd, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

}  // namespace imgcrypt::cli
