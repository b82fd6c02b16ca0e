#include "keywrap/key_string.hpp"

#include <imgcrypt/error.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace imgcrypt {
namespace {

struct Form {
  std::string_view prefix;
  PassphraseFrom from;
};

constexpr std::array kForms = {Form{"pass=", PassphraseFrom::kArgument}, Form{"file=", PassphraseFrom::kFile},
                               Form{"fd=", PassphraseFrom::kFd}, Form{"env=", PassphraseFrom::kEnvironment}};

bool names_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::optional<KeyString> split_known_form(const std::string& text, std::size_t colon) {
  const std::string file = text.substr(0, colon);
  const std::string_view rest = std::string_view(text).substr(colon + 1);
  if (rest == "prompt") return KeyString{file, PassphraseFrom::kPrompt};
  for (const Form& form : kForms) {
    if (rest.starts_with(form.prefix))
      return KeyString{file, form.from, std::string(rest.substr(form.prefix.size()))};
  }
  return std::nullopt;
}

// From the right: file names may contain colons, and so may passwords. The longest file name wins.
template <typename Split>
std::optional<KeyString> split_at_last(const std::string& text, Split split) {
  for (std::size_t colon = text.rfind(':'); colon != std::string::npos && colon > 0;
       colon = text.rfind(':', colon - 1)) {
    if (auto found = split(colon)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<KeyString> parse_passphrase_form(const std::string& file, const std::string& form) {
  return split_known_form(file + ":" + form, file.size());
}

KeyString parse_key_string(const std::string& text) {
  // First, so that no existing file is ever taken for another file and a password.
  if (names_file(text)) return {text, PassphraseFrom::kNowhere};
  const auto split_known = [&](std::size_t colon) {
    return names_file(text.substr(0, colon)) ? split_known_form(text, colon) : std::nullopt;
  };
  const auto split_bare = [&](std::size_t colon) -> std::optional<KeyString> {
    const std::string file = text.substr(0, colon);
    if (!names_file(file)) return std::nullopt;
    return KeyString{file, PassphraseFrom::kArgument, text.substr(colon + 1), true};
  };
  // Known forms first: FILE:prompt asks, and does not mean that the password is "prompt".
  if (const auto key = split_at_last(text, split_known)) return *key;
  if (const auto key = split_at_last(text, split_bare)) return *key;
  // The text may hold a password: only what comes before its first colon is shown.
  throw Error(ErrorCode::kUsage, "key " + text.substr(0, text.find(':')) + ": no such file",
              "write FILE, FILE:file=PASSWORDFILE, FILE:fd=N, FILE:env=VARIABLE or FILE:prompt");
}

}  // namespace imgcrypt
