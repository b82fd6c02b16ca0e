#include "keywrap/key_string.hpp"

#include "base/text/spelling.hpp"
#include "keys/named_file.hpp"
#include "keywrap/scheme_names.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace imgcrypt {
namespace {

struct Form {
  std::string_view name;
  std::string_view end;  // what follows the name: "=VALUE", or nothing
  PassphraseFrom from;
};

constexpr std::array kForms = {
    Form{"pass", "=PASSPHRASE", PassphraseFrom::kArgument},
    Form{"file", "=PASSPHRASEFILE", PassphraseFrom::kFile}, Form{"fd", "=N", PassphraseFrom::kFd},
    Form{"env", "=VARIABLE", PassphraseFrom::kEnvironment}, Form{"prompt", "", PassphraseFrom::kPrompt}};

// What other programs call them.
constexpr std::array<std::string_view, 3> kOtherNamesOfPass = {"password", "passwd", "passphrase"};

bool names_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::optional<KeyString> split_known_form(const std::string& text, std::size_t colon) {
  const std::string file = text.substr(0, colon);
  const std::string_view rest = std::string_view(text).substr(colon + 1);
  for (const Form& form : kForms) {
    if (!rest.starts_with(form.name)) continue;
    const std::string_view value = rest.substr(form.name.size());
    if (form.end.empty() && value.empty()) return KeyString{file, form.from};
    if (!form.end.empty() && value.starts_with('='))
      return KeyString{file, form.from, std::string(value.substr(1))};
  }
  return std::nullopt;
}

// The form that was meant by what is not one; null if it may well be a passphrase.
const Form* meant_form(std::string_view text) {
  const std::size_t end = text.find_first_of("=:");
  std::string word = lower_case(text.substr(0, end));
  if (std::ranges::find(kOtherNamesOfPass, word) != kOtherNamesOfPass.end()) word = "pass";
  std::vector<std::string> names;
  std::ranges::transform(kForms, std::back_inserter(names),
                         [](const Form& form) { return std::string(form.name); });
  const std::string near = nearest_name(word, names);
  // A word alone may be a passphrase, however near it is to a short name.
  const bool is_meant = near == word || end != std::string_view::npos || near == "prompt";
  const auto form = std::ranges::find(kForms, near, &Form::name);
  return is_meant && form != kForms.end() ? form : nullptr;
}

// From the right: file names may contain colons, and so may passphrases. The longest file name wins.
template <typename Split>
auto split_at_last(const std::string& text, Split split) -> decltype(split(std::size_t{})) {
  for (std::size_t colon = text.rfind(':'); colon != std::string::npos && colon > 0;
       colon = text.rfind(':', colon - 1)) {
    if (auto found = split(colon)) return found;
  }
  return std::nullopt;
}

[[noreturn]] void fail_without_file(const std::string& text) {
  // The text may hold a passphrase: only what comes before its first colon is shown.
  const std::string start = text.substr(0, text.find(':'));
  const std::string message = "key " + start + ": no such file";
  if (is_list(text))
    throw Error(ErrorCode::kUsage, message, "give each key with an option of its own: -k KEY -k KEY");
  const std::string scheme = hint_for_key_scheme(text);
  std::string hint = scheme.empty() ? hint_for_missing_file(start) : scheme;
  if (hint.empty())
    hint = start == text
               ? "check the spelling"
               : "write FILE, FILE:file=PASSPHRASEFILE, FILE:fd=N, FILE:env=VARIABLE or FILE:prompt";
  throw Error(ErrorCode::kUsage, message, hint);
}

}  // namespace

std::optional<KeyString> parse_passphrase_form(const std::string& file, const std::string& form) {
  return split_known_form(file + ":" + form, file.size());
}

KeyString parse_key_string(const std::string& text) {
  // First, so that no existing file is ever taken for another file and a passphrase.
  if (names_file(text)) return {text, PassphraseFrom::kNowhere};
  const auto split_known = [&](std::size_t colon) {
    return names_file(text.substr(0, colon)) ? split_known_form(text, colon) : std::nullopt;
  };
  const auto split_bare = [&](std::size_t colon) -> std::optional<KeyString> {
    const std::string file = text.substr(0, colon);
    if (!names_file(file)) return std::nullopt;
    return parse_bare_passphrase(file, std::string_view(text).substr(colon + 1));
  };
  // Known forms first: FILE:prompt asks, and does not mean that the passphrase is "prompt".
  if (const auto key = split_at_last(text, split_known)) return *key;
  if (const auto key = split_at_last(text, split_bare)) return *key;
  fail_without_file(text);
}

KeyString parse_bare_passphrase(const std::string& key, std::string_view text) {
  if (const Form* form = meant_form(text)) {
    // The text is not shown, as it may be a passphrase all the same.
    throw Error(ErrorCode::kUsage,
                "key " + key + ": what follows it is neither a known form nor clearly a passphrase",
                "did you mean " + key + ":" + std::string(form->name) + std::string(form->end) + "?" +
                    (form->from == PassphraseFrom::kArgument
                         ? ""
                         : " A passphrase that looks like this is written " + key + ":pass=PASSPHRASE"));
  }
  return {key, PassphraseFrom::kArgument, std::string(text)};
}

KeyString parse_device_key_string(const std::string& text) {
  const auto find_file = [&](std::size_t colon) {
    return names_file(text.substr(0, colon)) ? std::optional(colon) : std::nullopt;
  };
  if (names_file(text) || split_at_last(text, find_file)) return parse_key_string(text);
  const auto split = [&](std::size_t colon) { return split_known_form(text, colon); };
  return split_at_last(text, split).value_or(KeyString{text});
}

}  // namespace imgcrypt
