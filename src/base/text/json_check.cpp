#include "base/text/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace imgcrypt {
namespace {

// Counts against the limits while nlohmann's parser checks the grammar; builds nothing.
class LimitCounter final : public nlohmann::json_sax<nlohmann::json> {
 public:
  LimitCounter(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }

  bool string(string_t& text) override {
    if (text.size() > limits_.string)
      refuse("a string is longer than " + std::to_string(limits_.string) + " bytes");
    return true;
  }

  // Readers differ in which of two equal members they take, so a document could mean two things.
  bool key(string_t& name) override {
    std::set<std::string>& names = open_.back();
    if (!names.insert(name).second) fail("member \"" + name + "\" occurs twice");
    if (names.size() > limits_.members)
      refuse("an object has more than " + std::to_string(limits_.members) + " members");
    return string(name);
  }

  bool start_object(std::size_t) override { return descend(); }
  bool start_array(std::size_t) override { return descend(); }
  bool end_object() override { return ascend(); }
  bool end_array() override { return ascend(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    const std::string_view before = text_.substr(0, std::min(position, text_.size()));
    const std::size_t line_end = before.rfind('\n');
    fail("malformed at line " + std::to_string(1 + std::ranges::count(before, '\n')) + ", column " +
         std::to_string(line_end == std::string_view::npos ? before.size() : before.size() - line_end - 1));
  }

 private:
  [[noreturn]] static void fail(const std::string& message) {
    throw Error(ErrorCode::kIntegrity, "JSON: " + message);
  }
  [[noreturn]] static void refuse(const std::string& message) {
    throw Error(ErrorCode::kRefused, "JSON: " + message);
  }

  bool descend() {
    if (open_.size() == limits_.depth) refuse("nested deeper than " + std::to_string(limits_.depth));
    open_.emplace_back();
    return true;
  }

  bool ascend() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::vector<std::set<std::string>> open_;  // the member names of each open object or array
};

}  // namespace

void check_json(std::string_view text, const JsonLimits& limits) {
  // Before the parser sees it: its work and memory grow with the text.
  if (text.size() > limits.size) {
    throw Error(ErrorCode::kRefused, "JSON: longer than " + std::to_string(limits.size) + " bytes");
  }
  // nlohmann's parser would skip it.
  if (text.starts_with("\xEF\xBB\xBF"))
    throw Error(ErrorCode::kIntegrity, "JSON: starts with a byte order mark");
  // nlohmann's parser would take it for the end.
  if (text.find('\0') != std::string_view::npos) throw Error(ErrorCode::kIntegrity, "JSON: a NUL byte");
  LimitCounter counter(text, limits);
  nlohmann::json::sax_parse(text.begin(), text.end(), &counter);
}

std::string quote_json(std::string_view utf8) {
  return nlohmann::json(utf8).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string JsonView::string() const {
  require(Kind::kString, "string");
  if (text_.find('\\') == std::string_view::npos) return std::string(text_.substr(1, text_.size() - 2));
  const auto decoded = nlohmann::json::parse(text_, nullptr, /*allow_exceptions=*/false);
  if (!decoded.is_string()) throw Error(ErrorCode::kIntegrity, "JSON: malformed string");
  return decoded.get<std::string>();
}

}  // namespace imgcrypt
