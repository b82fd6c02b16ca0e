#include "keywrap/scheme_names.hpp"

#include "base/text/spelling.hpp"
#include "keywrap/scheme_help.hpp"
#include "keywrap/schemes.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

namespace imgcrypt {
namespace {

struct ForeignScheme {
  std::string_view name;
  std::string_view keys;
};

// Of ocicrypt's other tools.
constexpr std::array kForeignSchemes = {ForeignScheme{"pkcs11", "PKCS#11 tokens"},
                                        ForeignScheme{"pgp", "OpenPGP keys"},
                                        ForeignScheme{"gpg", "OpenPGP keys"}};

// Before the first colon; empty if there is none.
std::string name_in(const std::string& text) {
  const std::size_t colon = text.find(':');
  return colon == std::string::npos ? std::string() : lower_case(text.substr(0, colon));
}

std::string hint_for_foreign(const std::string& name, const std::string& forms) {
  const auto foreign = std::ranges::find(kForeignSchemes, name, &ForeignScheme::name);
  if (foreign == kForeignSchemes.end()) return {};
  return std::string(foreign->keys) + " are not supported yet: write " + forms;
}

// What comes before the colon instead: "provider:sodium". Empty if it cannot be guessed.
std::string meant_by(const std::string& name) {
  std::vector<std::string> names;
  for (const Scheme* scheme : schemes()) {
    names.emplace_back(scheme->name);
    for (const OwnProvider& own : scheme->own_providers) {
      if (name == own.name) return std::string(own.form);
    }
  }
  return nearest_name(name, names);
}

}  // namespace

std::string hint_for_scheme(const std::string& text, const std::string& forms) {
  const std::string name = name_in(text);
  if (name.empty()) return {};
  const bool is_ours = parse_scheme_string(name + ":").has_value();
  if (const std::string foreign = hint_for_foreign(name, forms); !is_ours && !foreign.empty()) return foreign;
  const std::string meant = meant_by(name);
  const std::string value = text.substr(text.find(':'));
  return meant.empty() || meant + value == text ? "" : "did you mean " + meant + value + "?";
}

std::string hint_for_key_scheme(const std::string& text) {
  const std::string name = name_in(text);
  if (name.empty()) return {};
  const std::string forms = "-k FILE for a private key, or -k " + key_forms();
  const auto named = parse_scheme_string(name + ":");
  if (!named) return hint_for_foreign(name, forms);
  return named->scheme->parse_key == nullptr
             ? "a private key is named without \"" + text.substr(0, name.size()) + ":\": write -k FILE"
             : "did you mean -k " + std::string(named->scheme->key_form) + "?";
}

bool is_list(const std::string& text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos) return false;
  std::error_code ignored;
  return std::filesystem::exists(text.substr(0, comma), ignored) ||
         (parse_scheme_string(text) && parse_scheme_string(text.substr(comma + 1)));
}

}  // namespace imgcrypt
