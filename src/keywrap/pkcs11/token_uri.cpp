#include "keywrap/pkcs11/token_uri.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace imgcrypt {
namespace {

// RFC 7512 section 2.3, "pk11-path".
constexpr std::array<std::string_view, 13> kAttributes = {"token",
                                                          "manufacturer",
                                                          "serial",
                                                          "model",
                                                          "library-version",
                                                          "library-manufacturer",
                                                          "object",
                                                          "type",
                                                          "library-description",
                                                          "id",
                                                          "slot-description",
                                                          "slot-manufacturer",
                                                          "slot-id"};
constexpr std::string_view kPinAttribute = "pin-value=";

SecretBytes percent_decoded(std::string_view text) {
  SecretBytes decoded(text.size());
  std::size_t size = 0;
  while (!text.empty()) {
    std::uint8_t byte = static_cast<std::uint8_t>(text.front());
    const bool is_encoded = byte == '%';
    if (is_encoded) {
      const char* const end = text.data() + std::min<std::size_t>(3, text.size());
      const auto result = std::from_chars(text.data() + 1, end, byte, 16);
      if (text.size() < 3 || result.ec != std::errc() || result.ptr != text.data() + 3)
        throw Error(ErrorCode::kUsage, "the PIN in the URI is not percent-encoded correctly");
    }
    decoded.expose_mutable()[size++] = byte;
    text.remove_prefix(is_encoded ? 3 : 1);
  }
  decoded.truncate(size);
  return decoded;
}

void append(std::string_view attribute, char separator, std::string& uri) {
  uri += separator;
  uri += attribute;
}

}  // namespace

bool is_token_uri(std::string_view text) {
  const std::string_view name = text.substr(0, std::min(text.find('='), text.size()));
  return text.starts_with('?') ||
         (name.size() < text.size() && std::ranges::find(kAttributes, name) != kAttributes.end());
}

TokenUri take_pin(std::string_view uri) {
  const std::size_t query_at = std::min(uri.find('?'), uri.size());
  TokenUri taken{std::string(uri.substr(0, query_at))};
  std::string_view query = uri.substr(std::min(query_at + 1, uri.size()));
  char separator = '?';
  while (!query.empty()) {
    const std::size_t size = std::min(query.find('&'), query.size());
    const std::string_view attribute = query.substr(0, size);
    query.remove_prefix(std::min(size + 1, query.size()));
    if (!attribute.starts_with(kPinAttribute)) {
      append(attribute, std::exchange(separator, '&'), taken.text);
      continue;
    }
    if (taken.pin) throw Error(ErrorCode::kUsage, "the URI has two PINs");
    taken.pin = percent_decoded(attribute.substr(kPinAttribute.size()));
  }
  return taken;
}

std::string with_hidden_pin(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; (at = text.find(kPinAttribute)) != std::string_view::npos;) {
    shown += std::string(text.substr(0, at)) + std::string(kPinAttribute) + "...";
    text.remove_prefix(at);
    text.remove_prefix(std::min(text.find('&'), text.size()));
  }
  return shown + std::string(text);
}

}  // namespace imgcrypt
