#include "keywrap/pkcs11/token_uri.hpp"

#include "base/text/spelling.hpp"

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
        throw Error(ErrorCode::kUsage, "a value in the URI is not percent-encoded correctly");
    }
    decoded.expose_mutable()[size++] = byte;
    text.remove_prefix(is_encoded ? 3 : 1);
  }
  decoded.truncate(size);
  return decoded;
}

constexpr std::string_view kPinSource = "pin-source=";
// What attributes begin after, in a URI and in the texts around it.
constexpr std::string_view kSeparators = ";?&:/";

bool is_of_a_pin(std::string_view attribute) {
  return attribute.find('=') != std::string_view::npos && lower_case(attribute.substr(0, 3)) == "pin";
}

// An attribute of a name that nobody knows counts for nothing, and so would the PIN in it.
void check_places_of_pins(std::string_view uri) {
  for (std::size_t at = 0, query_at = uri.find('?'); at < uri.size();) {
    const std::size_t end = std::min(uri.find_first_of(at <= query_at ? ";?" : "&", at), uri.size());
    const std::string_view attribute = uri.substr(at, end - at);
    const bool is_known = attribute.starts_with(kPinAttribute) || attribute.starts_with(kPinSource);
    if (is_of_a_pin(attribute) && !(is_known && at > query_at)) {
      throw Error(ErrorCode::kUsage, "the URI has a PIN where none is read",
                  "write ?pin-source=file:/PATH or ?pin-value=PIN after the attributes of the key, and & "
                  "instead of a second ?");
    }
    at = end + 1;
  }
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
  check_places_of_pins(uri);
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

std::string pin_file_of(std::string_view uri) {
  std::string_view query = uri.substr(std::min(uri.find('?'), uri.size()));
  while (!query.empty()) {
    query.remove_prefix(1);
    const std::string_view attribute = query.substr(0, query.find('&'));
    query.remove_prefix(attribute.size());
    if (!attribute.starts_with(kPinSource)) continue;
    const SecretBytes decoded = percent_decoded(attribute.substr(kPinSource.size()));
    std::string_view file = as_text(decoded.expose());
    if (file.starts_with("file:")) file.remove_prefix(5);
    if (file.starts_with("//")) file.remove_prefix(2);
    return std::string(file);
  }
  return {};
}

std::string with_hidden_pin(std::string_view text) {
  bool is_in_query = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(kSeparators, at), text.size());
    const std::string_view attribute = text.substr(at, end - at);
    const bool is_file = attribute == kPinSource || attribute == "pin-source=file";
    if (is_of_a_pin(attribute) && !(is_file && end < text.size()))
      return std::string(text.substr(0, at + attribute.find('=') + 1)) + "...";
    if (is_in_query && !is_file && text.substr(end).starts_with(':')) return std::string(text.substr(0, end));
    is_in_query = is_in_query || text.substr(end).starts_with('?');
    at = end + 1;
  }
  return std::string(text);
}

std::string shown_token_key(std::string_view key) {
  return with_hidden_pin(key.substr(0, key.find_first_of(":?")));
}

}  // namespace imgcrypt
