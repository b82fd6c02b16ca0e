#include "keywrap/scheme_names.hpp"

#include "base/text/spelling.hpp"
#include "keywrap/device/key_device.hpp"
#include "keywrap/pkcs11/token_uri.hpp"
#include "keywrap/provider_key.hpp"
#include "keywrap/schemes.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace imgcrypt {
namespace {

// Before the first colon; empty if there is none.
std::string name_in(const std::string& text) {
  const std::size_t colon = text.find(':');
  return colon == std::string::npos ? std::string() : lower_case(text.substr(0, colon));
}

// What comes before the colon instead: "provider:sodium". Empty if it cannot be guessed.
std::string meant_by(const std::string& name) {
  if (name == "gpg") return "pgp";
  std::vector<std::string> names;
  for (const Scheme* scheme : schemes()) names.emplace_back(scheme->name);
  if (const OwnProvider* own = find_own_provider(name)) return std::string(own->form);
  return nearest_name(name, names);
}

}  // namespace

std::string hint_for_scheme(const std::string& text) {
  const std::string name = name_in(text);
  if (name.empty()) return {};
  if (parse_device_key(text))
    return "encrypt for its public half, as for every key: imgcrypt key public KEY >FILE.pub; jwe:FILE.pub";
  const std::string meant = meant_by(name);
  const std::string value = text.substr(text.find(':') + 1);
  if (meant.empty() || meant + ":" + value == text) return {};
  const bool is_of_token = meant + ":" == kTokenUriScheme;
  return "did you mean " + meant + ":" + (is_of_token ? shown_token_key(value) : with_hidden_pin(value)) +
         "?";
}

std::string hint_for_key_scheme(const std::string& text) {
  const std::string name = name_in(text);
  if (name.empty()) return {};
  const auto named = parse_scheme_string(name + ":");
  if (!named) return {};
  return named->scheme->parse_key == nullptr
             ? "a private key is named without \"" + text.substr(0, name.size()) + ":\": write -k FILE"
             : "did you mean -k " + std::string(named->scheme->key_form) + "?";
}

bool is_list(const std::string& text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos) return false;
  const std::string first = text.substr(0, comma);
  const auto named = parse_scheme_string(first);
  std::error_code ignored;
  return std::filesystem::exists(named ? named->value : first, ignored) ||
         (named && parse_scheme_string(text.substr(comma + 1)));
}

}  // namespace imgcrypt
