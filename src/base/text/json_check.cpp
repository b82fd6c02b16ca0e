#include "base/text/json.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Walks a text once, along the grammar of RFC 8259, and counts against the limits; builds nothing.
class JsonChecker {
 public:
  JsonChecker(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  void run() {
    begin_value();
    while (!open_.empty()) continue_container();
    skip_space();
    if (at_ != text_.size()) fail("the end");
  }

 private:
  struct Container {
    bool is_object;
    std::size_t count = 0;  // members or elements so far
  };

  // A scalar is read whole; of an object or array only the bracket, so that depth costs no stack.
  void begin_value() {
    skip_space();
    switch (peek()) {
      case '"':
        return string();
      case '{':
      case '[':
        if (open_.size() == limits_.depth) refuse("nested deeper than " + std::to_string(limits_.depth));
        open_.push_back({.is_object = text_[at_++] == '{'});
        return;
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  // The next member or element of the innermost container, or its end.
  void continue_container() {
    Container& container = open_.back();
    const char close = container.is_object ? '}' : ']';
    if (take(close)) return open_.pop_back();
    if (container.count > 0 && !take(',')) fail(std::string("',' or '") + close + "'");
    ++container.count;
    if (container.is_object) {
      if (container.count > limits_.members)
        refuse("an object has more than " + std::to_string(limits_.members) + " members");
      skip_space();
      string();
      if (!take(':')) fail("':'");
    }
    begin_value();
  }

  // Which characters a string holds is judged where it is read.
  void string() {
    if (peek() != '"') fail("a string");
    const std::size_t start = ++at_;
    while (peek() != '"') {
      if (at_ == text_.size() || static_cast<unsigned char>(peek()) < 0x20) fail("a character or '\"'");
      if (text_[at_++] == '\\') escape();
    }
    if (at_ - start > limits_.string)
      refuse("a string is longer than " + std::to_string(limits_.string) + " bytes");
    ++at_;
  }

  void escape() {
    const char c = peek();
    if (c == '\0' || std::string_view("\"\\/bfnrtu").find(c) == std::string_view::npos) fail("an escape");
    ++at_;
    for (int i = 0; c == 'u' && i < 4; ++i, ++at_) {
      if (!is_hex(peek())) fail("a hex digit");
    }
  }

  void word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) fail("a value");
    at_ += expected.size();
  }

  void number() {
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
    } else {
      digits("a value");
    }
    if (peek() == '.') {
      ++at_;
      digits("a digit");
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      digits("a digit");
    }
  }

  void digits(const char* expected) {
    if (!is_digit(peek())) fail(expected);
    while (is_digit(peek())) ++at_;
  }

  // NUL at the end, which no rule takes for anything.
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char expected) {
    skip_space();
    if (peek() != expected) return false;
    ++at_;
    return true;
  }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  [[noreturn]] void fail(const std::string& expected) const {
    const std::string_view before = text_.substr(0, at_);
    const std::size_t line_end = before.rfind('\n');
    const std::size_t column = line_end == std::string_view::npos ? at_ : at_ - line_end - 1;
    throw Error(ErrorCode::kIntegrity,
                "JSON: malformed at line " + std::to_string(1 + std::ranges::count(before, '\n')) +
                    ", column " + std::to_string(1 + column) + ": " + expected + " expected");
  }

  [[noreturn]] static void refuse(const std::string& message) {
    throw Error(ErrorCode::kRefused, "JSON: " + message);
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  std::vector<Container> open_;
};

}  // namespace

void check_json(std::string_view text, const JsonLimits& limits) {
  // Before it is read: the work grows with the text.
  if (text.size() > limits.size)
    throw Error(ErrorCode::kRefused, "JSON: longer than " + std::to_string(limits.size) + " bytes");
  if (text.starts_with(kByteOrderMark))
    throw Error(
        ErrorCode::kIntegrity, "JSON: starts with a byte order mark",
        "save the file as UTF-8 without it: sed -i '1s/^\\xef\\xbb\\xbf//' FILE removes it; a blob is named "
        "by its digest and must be made anew");
  JsonChecker(text, limits).run();
}

std::string checked_json(ByteView bytes, const std::string& path) {
  std::string text(as_text(bytes));
  try {
    check_json(text);
  } catch (const Error& error) {
    throw error.in(path);
  }
  return text;
}

}  // namespace imgcrypt
