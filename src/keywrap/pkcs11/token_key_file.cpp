#include "keywrap/pkcs11/token_key_file.hpp"

#include "keywrap/pkcs11/token_uri.hpp"

namespace imgcrypt {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kQuotes = "\"'";

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

std::string_view after(std::string_view text, std::string_view set) {
  return text.substr(std::min(text.find_first_not_of(set), text.size()));
}

// What comes after the key `name` of a mapping and its colon; empty if there is none. In block style a blank
// follows, which tells the key `pkcs11:` from a URI; in JSON the key is quoted.
std::string_view value_of(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos; at += name.size()) {
    const bool begins = at == 0 || is_one_of(text[at - 1], " \t\r\n\"'{,");
    const std::string_view rest = text.substr(at + name.size());
    const bool is_quoted = !rest.empty() && is_one_of(rest.front(), kQuotes);
    const std::string_view colon = after(is_quoted ? rest.substr(1) : rest, " \t");
    if (!begins || !colon.starts_with(':')) continue;
    const std::string_view value = colon.substr(1);
    if (is_quoted || value.empty() || is_one_of(value.front(), kBlanks)) return value;
  }
  return {};
}

}  // namespace

bool is_token_key_file(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  const std::string_view uri = value_of(value_of(text, "pkcs11"), "uri");
  // In quotes, or as a block (">-").
  return after(after(uri, " \t\r\n\"'>|-+"), kBlanks).starts_with(kTokenUriScheme);
}

}  // namespace imgcrypt
