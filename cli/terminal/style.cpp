#include "cli/terminal/style.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
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

Text Style::paint(Tint tint, const Text& text) const {
  if (!is_coloured_ || text.empty()) return text;
  Text painted;
  painted.text_ = "\033[" + std::string(code(tint)) + "m" + text.string() + "\033[0m";
  return painted;
}

bool is_utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view locale = environment(name);
    if (locale.empty()) continue;
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  }
  return false;
}

std::string encoded_for(int fd, const Text& text) {
  std::string bytes = text.string();
  if (::isatty(fd) != 1 || is_utf8_locale()) return bytes;
  std::ranges::replace_if(bytes, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return bytes;
}

TerminalSize terminal_size(int fd) {
  // A terminal may answer 0 by 0, e.g. a serial line or a container's.
  winsize size = {};
  if (::isatty(fd) != 1 || ::ioctl(fd, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

}  // namespace imgcrypt::cli
