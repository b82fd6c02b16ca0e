#include "base/text/json.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace imgcrypt {
namespace {

[[noreturn]] void fail(const std::string& message) { throw Error(ErrorCode::kIntegrity, "JSON: " + message); }

constexpr std::size_t kMostNameLength = 100;  // quoted in messages

// The first letter of a name as Go's encoding/json compares names (its foldFunc), U+017F and U+212A included,
// and how many bytes it takes. REQUIRES: not empty.
std::pair<char, std::size_t> first_folded(std::string_view name) {
  if (name.starts_with("\u017f")) return {'s', 2};
  if (name.starts_with("\u212a")) return {'k', 3};
  const char c = name.front();
  return {c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c, 1};
}

bool equal_folded(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto [a_letter, a_size] = first_folded(a);
    const auto [b_letter, b_size] = first_folded(b);
    if (a_letter != b_letter) return false;
    a.remove_prefix(a_size);
    b.remove_prefix(b_size);
  }
  return a.empty() && b.empty();
}

}  // namespace

// Finds where values end. It understands only strings and brackets, and stays within the text whatever the
// bytes are; whether they are JSON is check_json's business.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : rest_(text) {}

  JsonView value() {
    skip_space();
    const std::string_view start = rest_;
    const JsonView::Kind kind = skip_value();
    return {kind, start.substr(0, start.size() - rest_.size())};
  }

  JsonView value_of(std::string_view name) {
    JsonView value = this->value();
    value.name_ = name;
    return value;
  }

  JsonView element_of(std::string_view list) {
    JsonView value = value_of(list);
    value.is_element_ = true;
    return value;
  }

  bool at_end() {
    skip_space();
    return rest_.empty();
  }

  bool take(char expected) {
    skip_space();
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char expected) {
    if (!take(expected)) fail(std::string("'") + expected + "' expected");
  }

 private:
  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  JsonView::Kind skip_value() {
    if (rest_.empty()) fail("value expected");
    switch (rest_.front()) {
      case '"':
        skip_string();
        return JsonView::Kind::kString;
      case '{':
        skip_container();
        return JsonView::Kind::kObject;
      case '[':
        skip_container();
        return JsonView::Kind::kArray;
      default:
        return skip_word();
    }
  }

  void skip_string() {
    std::size_t i = 1;
    // An escape may be a quote; what else it is does not matter here.
    while (i < rest_.size() && rest_[i] != '"') i += rest_[i] == '\\' ? 2 : 1;
    if (i >= rest_.size()) fail("unterminated string");
    rest_.remove_prefix(i + 1);
  }

  // By counting, not by recursion: a hostile text cannot exhaust the stack, also unchecked.
  void skip_container() {
    std::size_t depth = 0;
    do {
      rest_.remove_prefix(std::min(rest_.find_first_of("\"{}[]"), rest_.size()));
      if (rest_.empty()) fail("unterminated object or array");
      if (rest_.front() == '"') {
        skip_string();
        continue;
      }
      // Which bracket closes which is not checked here.
      depth += rest_.front() == '{' || rest_.front() == '[' ? std::size_t{1} : std::size_t{0} - 1;
      rest_.remove_prefix(1);
    } while (depth > 0);
  }

  JsonView::Kind skip_word() {
    const std::size_t size = std::min(rest_.find_first_of(" \t\r\n,:{}[]\""), rest_.size());
    if (size == 0) fail("value expected");
    const char first = rest_.front();
    rest_.remove_prefix(size);
    return first == '-' || (first >= '0' && first <= '9') ? JsonView::Kind::kNumber
                                                          : JsonView::Kind::kLiteral;
  }

  std::string_view rest_;
};

JsonView::JsonView(std::string_view text) : JsonView(Kind::kLiteral, text) {
  JsonScanner scanner(text);
  *this = scanner.value();
  if (!scanner.at_end()) fail("bytes after the end");
}

void JsonView::fail(const std::string& what) const {
  const std::string kind = is_element_ ? "element of " : "member ";
  const std::string where = name_.empty() ? "" : kind + shortened(std::string(name_), kMostNameLength) + ": ";
  throw Error(ErrorCode::kIntegrity, "JSON: " + where + what);
}

void JsonView::require(Kind kind, std::string_view kind_name) const {
  if (kind_ != kind) fail(std::string(kind_name) + " expected");
}

std::vector<JsonMember> JsonView::members() const {
  require(Kind::kObject, "object");
  std::vector<JsonMember> members;
  JsonScanner scanner(text_);
  scanner.expect('{');
  if (scanner.take('}')) return members;
  do {
    const JsonView key = scanner.value();
    key.require(Kind::kString, "member name");
    scanner.expect(':');
    members.push_back({key, scanner.value_of(key.text())});
  } while (scanner.take(','));
  scanner.expect('}');
  return members;
}

std::vector<JsonView> JsonView::elements() const {
  require(Kind::kArray, "array");
  std::vector<JsonView> elements;
  JsonScanner scanner(text_);
  scanner.expect('[');
  if (scanner.take(']')) return elements;
  do {
    elements.push_back(scanner.element_of(name_));
  } while (scanner.take(','));
  scanner.expect(']');
  return elements;
}

// It goes on after the first hit: a second one, or a spelling that Go would take instead, must be seen.
std::optional<JsonView> JsonView::find(std::string_view name) const {
  std::optional<JsonView> found;
  for (const JsonMember& member : members()) {
    const std::string key = member.name();
    if (key == name) {
      if (found) fail("member \"" + key + "\" occurs twice");
      found = member.value;
    } else if (equal_folded(key, name)) {
      fail("member \"" + key + "\" must be written \"" + std::string(name) + "\"");
    }
  }
  if (found && found->is_null()) return std::nullopt;
  return found;
}

JsonView JsonView::get(std::string_view name) const {
  const auto value = find(name);
  if (!value) fail("member \"" + std::string(name) + "\" is missing");
  return *value;
}

// Decoding an escape would need a copy, which nobody would wipe.
std::string_view JsonView::plain_string() const {
  require(Kind::kString, "string");
  const std::string_view inner = text_.substr(1, text_.size() - 2);
  if (inner.find('\\') != std::string_view::npos) fail("escape in a string that needs none");
  return inner;
}

std::uint64_t JsonView::unsigned_integer() const {
  std::uint64_t number = 0;
  const char* end = text_.data() + text_.size();
  // Neither skips white space nor takes a sign, and it fails on overflow.
  const auto [stop, error] = std::from_chars(text_.data(), end, number);
  if (kind_ != Kind::kNumber || error != std::errc() || stop != end) {
    fail("whole number from 0 to 18446744073709551615 expected");
  }
  return number;
}

bool JsonView::boolean() const {
  if (text_ != "true" && text_ != "false") fail("true or false expected");
  return text_ == "true";
}

}  // namespace imgcrypt
