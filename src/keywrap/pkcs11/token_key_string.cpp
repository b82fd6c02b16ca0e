#include "keywrap/pkcs11/token_key_string.hpp"

#include "keywrap/pkcs11/token_uri.hpp"

#include <imgcrypt/error.hpp>

#include <filesystem>
#include <optional>

namespace imgcrypt {
namespace {

std::optional<std::size_t> colon_after_module(std::string_view uri) {
  if (uri.find('?') == std::string_view::npos) return std::nullopt;
  const std::size_t start = uri.find_last_of("?&") + 1;
  const std::string_view attribute = uri.substr(start);
  const std::size_t value = attribute.find('=') + 1;
  const std::size_t colon = attribute.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::error_code ignored;
  const bool is_path = attribute.starts_with("module-path=");
  const bool is_whole = is_path && std::filesystem::exists(attribute.substr(value), ignored);
  if (is_whole || !(is_path || attribute.starts_with("module-name="))) return std::nullopt;
  return start + colon;
}

}  // namespace

KeyString parse_token_key_string(const std::string& text) {
  if (!is_token_uri(text)) return parse_device_key_string(text);
  const TokenUri uri = take_pin(text);
  KeyString key = parse_device_key_string(uri.text);
  const auto colon = key.from == PassphraseFrom::kNowhere ? colon_after_module(key.file) : std::nullopt;
  if (colon) key = parse_bare_passphrase(key.file.substr(0, *colon), key.file.substr(*colon + 1));
  if (!uri.pin) return key;
  if (key.from == PassphraseFrom::kNowhere)
    return {key.file, PassphraseFrom::kArgument, std::string(as_text(uri.pin->expose()))};
  throw Error(ErrorCode::kUsage, "the PIN is given twice, in the URI and after it", "leave out one");
}

}  // namespace imgcrypt
