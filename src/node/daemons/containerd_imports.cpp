#include "node/daemons/containerd_imports.hpp"

#include "node/daemons/toml_text.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr std::string_view kImports = "imports";
constexpr std::string_view kTomlByteOrderMark = "\xEF\xBB\xBF";

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// toml++ counts lines and characters from 1.
std::size_t offset_of(std::string_view text, const toml::source_position& place) {
  std::size_t at = text.starts_with(kTomlByteOrderMark) ? kTomlByteOrderMark.size() : 0;
  for (toml::source_index line = 1; line < place.line; ++line) at = text.find('\n', at) + 1;
  for (toml::source_index column = 1; column < place.column && at < text.size(); ++column) {
    do ++at;
    while (at < text.size() && !begins_character(text[at]));
  }
  return at;
}

std::string_view line_end_of(std::string_view text) {
  const std::size_t newline = text.find('\n');
  return newline != std::string_view::npos && newline > 0 && text[newline - 1] == '\r' ? "\r\n" : "\n";
}

std::string line_with(const std::string& pattern) {
  return std::string(kImports) + " = [" + quote_toml(pattern) + "]";
}

std::string inserted(std::string_view text, std::size_t at, const std::string& part) {
  return std::string(text.substr(0, at)) + part + std::string(text.substr(at));
}

// An own line for the imports, before the first table.
std::string with_line(std::string_view text, const toml::table& table, const std::string& pattern) {
  const std::string line_end(line_end_of(text));
  const toml::node* version = table.get("version");
  if (version == nullptr) {
    const std::size_t begin = text.starts_with(kTomlByteOrderMark) ? kTomlByteOrderMark.size() : 0;
    return inserted(text, begin, line_with(pattern) + line_end);
  }
  std::size_t end = std::min(text.find('\n', offset_of(text, version->source().begin)), text.size());
  if (end > 0 && text[end - 1] == '\r') --end;
  return inserted(text, end, line_end + line_with(pattern));
}

// What with_import puts directly after the bracket. The comma also where nothing follows: it tells an array
// that was empty from a line of our own.
std::string element(const std::string& pattern, bool has_others) {
  return quote_toml(pattern) + (has_others ? ", " : ",");
}

// What with_import has added; empty if that is not to be found. `bracket` is where the array begins.
std::string_view added_part(std::string_view text, std::size_t bracket, const std::string& pattern,
                            bool has_others) {
  const std::string line = line_with(pattern);
  const std::string_view line_end = line_end_of(text);
  const std::size_t begin = bracket - line.find('[');  // of the line; wraps around if it is another's
  if (!has_others && begin < text.size() && text.substr(begin).starts_with(line)) {
    const std::size_t length = line.size() + line_end.size();
    const bool is_first = begin == 0 || text.substr(0, begin) == kTomlByteOrderMark;
    const std::size_t from = is_first ? begin : begin - line_end.size();
    const std::string_view part = text.substr(from, length);
    return part == (is_first ? line + std::string(line_end) : std::string(line_end) + line)
               ? part
               : std::string_view();
  }
  const std::string own = element(pattern, has_others);
  return text.substr(bracket + 1).starts_with(own) ? text.substr(bracket + 1, own.size())
                                                   : std::string_view();
}

// A slip of ours, or of toml++, must not reach a configuration.
void check_equal_but_imports(toml::table before, toml::table after, const std::string& name) {
  before.erase(kImports);
  after.erase(kImports);
  if (before != after)
    throw Error(ErrorCode::kRefused, name + " cannot be edited safely", "edit its imports by hand");
}

// The same, and the imports are `expected`.
std::string checked(std::string text, const toml::table& before, const std::vector<std::string>& expected,
                    const std::string& name) {
  const toml::table after = parse_toml(text, name);
  check_equal_but_imports(before, after, name);
  if (strings_in(after, kImports, name) != expected)
    throw Error(ErrorCode::kRefused, name + " cannot be edited safely", "edit its imports by hand");
  return text;
}

}  // namespace

std::string with_import(std::string_view text, const std::string& pattern, const std::string& name) {
  const toml::table table = parse_toml(text, name);
  std::vector<std::string> all = strings_in(table, kImports, name);
  const toml::node* imports = table.get(kImports);
  std::string edited = imports == nullptr ? with_line(text, table, pattern)
                                          : inserted(text, offset_of(text, imports->source().begin) + 1,
                                                     element(pattern, !all.empty()));
  all.insert(all.begin(), pattern);
  return checked(std::move(edited), table, all, name);
}

std::string without_import(std::string_view text, const std::string& pattern, const std::string& name) {
  const toml::table table = parse_toml(text, name);
  std::vector<std::string> all = strings_in(table, kImports, name);
  const auto found = std::ranges::find(all, pattern);
  if (found == all.end()) return std::string(text);
  all.erase(found);
  const std::size_t bracket = offset_of(text, table.get(kImports)->source().begin);
  const std::string_view part = added_part(text, bracket, pattern, !all.empty());
  if (part.empty())
    throw Error(ErrorCode::kRefused, name + ": the import of " + pattern + " was edited",
                "take it out of the imports by hand, then try again");
  std::string edited(text);
  edited.erase(static_cast<std::size_t>(part.data() - text.data()), part.size());
  return checked(std::move(edited), table, all, name);
}

}  // namespace imgcrypt
