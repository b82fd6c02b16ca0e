#include "keywrap/schemes.hpp"

#include "keywrap/age/age_scheme.hpp"
#include "keywrap/jwe/jwe_scheme.hpp"
#include "keywrap/pgp/pgp_scheme.hpp"
#include "keywrap/pkcs11/pkcs11_scheme.hpp"
#include "keywrap/pkcs7/pkcs7_scheme.hpp"
#include "keywrap/provider/provider_scheme.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

// The scheme whose annotation is the beginning of many comes after those that have one of these.
constexpr std::array kSchemes = {&kJweScheme, &kPkcs7Scheme,  &kPgpScheme,
                                 &kAgeScheme, &kPkcs11Scheme, &kProviderScheme};

}  // namespace

std::span<const Scheme* const> schemes() { return kSchemes; }

const Scheme* scheme_of(std::string_view annotation) {
  const auto found = std::ranges::find_if(kSchemes, [&](const Scheme* scheme) {
    // Such an annotation is the beginning of many names, one for each provider.
    return scheme->annotation.ends_with('.') ? annotation.starts_with(scheme->annotation)
                                             : annotation == scheme->annotation;
  });
  return found == kSchemes.end() ? nullptr : *found;
}

bool private_keys_open(std::string_view annotation) {
  const Scheme* scheme = scheme_of(annotation);
  return scheme != nullptr && scheme->unwrap != nullptr;
}

std::optional<SchemeString> parse_scheme_string(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string_view name = std::string_view(text).substr(0, colon);
  const auto found = std::ranges::find(kSchemes, name, [](const Scheme* scheme) { return scheme->name; });
  if (found == kSchemes.end()) return std::nullopt;
  return SchemeString{*found, text.substr(colon + 1)};
}

}  // namespace imgcrypt
