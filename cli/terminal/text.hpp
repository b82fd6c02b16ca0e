// Text for people. A part of it may come from an image, a key provider or a file name, and a terminal obeys
// what it is sent. So everything that is printed is a Text, and a string becomes one only by being made
// harmless: no caller can forget it. Pure values, safe in every thread.
#pragma once

#include <string>
#include <string_view>

namespace imgcrypt::cli {

enum class Characters { kUtf8, kAscii };

// Shows what a terminal would obey, or would not show, as an escape: control characters, line ends included
// ("\x1b", "\n"), those of C1 ("\u{9b}"), bidirectional and invisible ones ("\u{202e}"), and bytes that are
// not UTF-8 ("\xff"). With kAscii everything else that is not ASCII too: a byte is then a column. Other text
// stays as it is, backslashes included.
[[nodiscard]] std::string visible(std::string_view text, Characters characters = Characters::kUtf8);

class Text {
 public:
  Text() = default;
  // As visible(). Implicit, so that whatever is joined to a Text is made harmless.
  Text(std::string_view text) : text_(visible(text)) {}
  Text(const std::string& text) : Text(std::string_view(text)) {}
  Text(const char* text) : Text(std::string_view(text)) {}
  // As visible(), but line ends and tabs stay. REQUIRES: what comes from outside cannot forge a line in it.
  [[nodiscard]] static Text of_lines(std::string_view lines);

  Text& operator+=(const Text& other) {
    text_ += other.text_;
    return *this;
  }
  friend Text operator+(Text first, const Text& second) { return first += second; }
  Text& end_line() {
    text_ += '\n';
    return *this;
  }
  // Appends a line, and no line end: of lines that are added one after the other the last has none.
  Text& add_line(const Text& line) {
    if (!empty()) end_line();
    return *this += line;
  }

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  // For a terminal or a file. Holds line ends, and escape sequences where Style painted it.
  [[nodiscard]] const std::string& string() const noexcept { return text_; }

 private:
  friend class Style;  // which adds its own escape sequences

  std::string text_;
};

}  // namespace imgcrypt::cli
