#include "keywrap/file_forms.hpp"

#include "keys/key_file.hpp"
#include "keys/named_file.hpp"
#include "keywrap/pkcs11/token_uri.hpp"
#include "keywrap/scheme_names.hpp"
#include "keywrap/schemes.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace imgcrypt {
namespace {

// Of a recipient, in a hint.
constexpr std::size_t kMostRepeated = 200;

std::optional<SecretBytes> content_of(const std::string& path) {
  std::error_code ignored;
  // Neither a pipe, which could be read only once, nor a directory.
  if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
  try {
    return read_key_file(path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool holds_private_key(ByteView content) {
  try {
    return std::ranges::any_of(list_key_file(content, nullptr), [](const KeyItem& item) {
      return item.kind == KeyItemKind::kPrivateKey || item.kind == KeyItemKind::kLockedPrivateKey;
    });
  } catch (const Error&) {
    return false;
  }
}

// What is wrong with a file that is named without a scheme, so that nobody else says it.
std::string fault_of_file(ByteView content) {
  try {
    (void)list_key_file(content, nullptr);
    return {};
  } catch (const Error& error) {
    return error.message() + (error.hint().empty() ? "" : ": " + error.hint());
  }
}

// Whoever follows the hint must lose nothing: a shell empties the file after > before anything is known.
std::string hint_for_private_key(const std::string& path) {
  const std::string beside = path + ".pub";
  if (const auto half = content_of(beside)) {
    const std::string form = recipient_form_of(half->expose(), beside);
    if (!form.empty()) return "it is a private key; did you mean " + form + "?";
  }
  const std::string command = "it is a private key; make its public half: imgcrypt key public " + path;
  std::error_code ignored;
  return std::filesystem::exists(beside, ignored) ? command : command + " >" + beside;
}

// Of a key that is given itself and not in a file.
std::string hint_for_key_itself(const ProviderKey& key, const std::string& text,
                                const std::string& recipient) {
  const std::string form = key.form(text);
  if (form == recipient) return "copy the key again, all of it";
  return recipient.size() > kMostRepeated ? "write " + std::string(key.provider->form) + ": before it"
                                          : "did you mean " + form + "?";
}

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

// A mail address, a key id or a fingerprint, as other tools take for OpenPGP keys, and not the name of a key
// file.
bool names_pgp_key(std::string_view text) {
  constexpr std::size_t kShortestKeyId = 8;
  constexpr std::size_t kKeyId = 16;
  constexpr std::size_t kFingerprint = 40;
  if (text.starts_with("0x")) return text.size() >= 2 + kShortestKeyId && is_hexadecimal(text.substr(2));
  if (text.size() == kKeyId || text.size() == kFingerprint) return is_hexadecimal(text);
  constexpr std::array<std::string_view, 6> kKeyFiles{".pem", ".pub", ".crt", ".der", ".key", ".jwk"};
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.find('.', at) != std::string_view::npos &&
         text.find_first_of("/:") == std::string_view::npos &&
         std::ranges::none_of(kKeyFiles, [&](std::string_view end) { return text.ends_with(end); });
}

bool is_recipient(const ProviderKey& key) {
  return key.half == KeyHalf::kPublic || key.provider->private_keys_encrypt;
}

// Whether the scheme takes such a file, so that something else is wrong.
bool takes(const Scheme& scheme, ByteView content) {
  if (scheme.fault_of_recipient == nullptr) return false;
  try {
    return std::ranges::any_of(list_key_file(content, nullptr), [&](const KeyItem& item) {
      return item.fault.empty() && scheme.fault_of_recipient(item) == "";
    });
  } catch (const Error&) {
    return false;
  }
}

std::string hint_for_file(ByteView content, const std::string& path, const std::string& recipient) {
  const auto named = parse_scheme_string(recipient);
  if (named && takes(*named->scheme, content)) return {};
  const std::string form = recipient_form_of(content, path);
  if (!form.empty()) return form == recipient ? "" : "did you mean " + form + "?";
  const auto provider_key = find_provider_key(as_text(content));
  const bool is_private = provider_key ? provider_key->half == KeyHalf::kPrivate : holds_private_key(content);
  const bool is_certificate_wanted = named && named->scheme->heeds_certificates;
  if (is_private && !is_certificate_wanted) return hint_for_private_key(path);
  return path == recipient ? fault_of_file(content) : "";
}

}  // namespace

std::optional<RecipientUse> recipient_use(const KeyItem& item, const std::string& path) {
  if (!item.fault.empty()) return std::nullopt;
  for (const Scheme* scheme : schemes()) {
    if (scheme->fault_of_recipient == nullptr) continue;
    if (auto fault = scheme->fault_of_recipient(item))
      return RecipientUse{std::string(scheme->name) + ":" + path, std::move(*fault)};
  }
  return std::nullopt;
}

std::string recipient_form_of(ByteView content, const std::string& path) {
  if (const auto key = find_provider_key(as_text(content))) return is_recipient(*key) ? key->form(path) : "";
  try {
    for (const KeyItem& item : list_key_file(content, nullptr)) {
      const auto use = recipient_use(item, path);
      if (use && use->fault.empty()) return use->recipient;
    }
  } catch (const Error&) {
    return {};  // whoever reads it as a recipient says what is wrong
  }
  return {};
}

std::string hint_for_recipient(const std::string& recipient) {
  const auto named = parse_scheme_string(recipient);
  const std::string path = named ? named->value : recipient;
  if (const auto content = content_of(path)) return hint_for_file(content->expose(), path, recipient);
  // A public key without the name of its scheme.
  if (const auto key = find_provider_key(recipient); key && key->half == KeyHalf::kPublic)
    return hint_for_key_itself(*key, recipient, recipient);
  if (names_pgp_key(path) && (!named || named->scheme->fault_of_recipient != nullptr))
    return "did you mean pgp:" + path + "?";
  if (recipient.find(" #") != std::string::npos)
    return "a comment stands on a line of its own; the line of a recipient is taken as it is";
  if (is_list(recipient)) return "give each recipient with an option of its own: -r RECIPIENT -r RECIPIENT";
  if (!named) return hint_for_scheme(recipient);
  if (const auto key = find_provider_key(path); key && key->half == KeyHalf::kPublic)
    return hint_for_key_itself(*key, path, recipient);
  const std::string beside = path + ".pub";
  if (content_of(beside)) return "did you mean " + std::string(named->scheme->name) + ":" + beside + "?";
  if (is_token_uri(named->value)) return {};
  std::error_code ignored;
  const bool is_missing_file =
      named->scheme->fault_of_recipient != nullptr && !std::filesystem::exists(path, ignored);
  if (!is_missing_file) return {};
  const std::string hint = hint_for_missing_file(path);
  if (!hint.empty()) return hint;
  const bool we_make_such_keys = !named->scheme->heeds_certificates && named->scheme->own_providers.empty();
  return "write " + std::string(named->scheme->recipient_form) + " with the path of a file" +
         (we_make_such_keys ? "; imgcrypt key generate makes keys" : "");
}

std::optional<std::string> key_file_of(const NamedProvider& key) {
  const OwnProvider* own = find_own_provider(key.name);
  if (own == nullptr) return std::nullopt;
  const bool is_bare = own->key_parameter.empty() && key.parameter == kProviderEnabled;
  if (is_bare) return own->takes_plain_files ? std::nullopt : std::optional(std::string());
  if (own->key_parameter.empty()) return key.parameter;
  // Parameters are pairs joined by "::".
  const std::size_t start = key.parameter.find(own->key_parameter);
  if (start == std::string::npos) return std::nullopt;
  const std::string rest = key.parameter.substr(start + own->key_parameter.size());
  return rest.substr(0, rest.find("::"));
}

std::string file_of_key(const std::string& text) {
  std::error_code ignored;
  const auto named = parse_scheme_string(text);
  if (!named || std::filesystem::exists(text, ignored)) return text;
  if (named->scheme->parse_key == nullptr) return named->value;
  return key_file_of(named->scheme->parse_key(named->value)).value_or(text);
}

}  // namespace imgcrypt
