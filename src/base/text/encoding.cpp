#include "base/text/encoding.hpp"

#include <sodium.h>

namespace imgcrypt {
namespace {

int sodium_variant(Base64 variant) {
  switch (variant) {
    case Base64::kStandard:
      return sodium_base64_VARIANT_ORIGINAL;
    case Base64::kUnpadded:
      return sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    case Base64::kUrl:
      break;
  }
  return sodium_base64_VARIANT_URLSAFE_NO_PADDING;
}

// Without a branch on the data.
bool is_ascii(std::string_view text) {
  unsigned all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

// libsodium's codecs do not branch on the data, so one code path serves secrets and public bytes alike.
std::optional<std::size_t> decode_into(std::string_view text, Base64 variant, WhiteSpace space,
                                       MutableByteView out) {
  // libsodium 1.0.18 takes some bytes above 0x7f for letters.
  if (!is_ascii(text)) return std::nullopt;
  const char* ignored = space == WhiteSpace::kIgnored ? " \t\r\n" : nullptr;
  std::uint8_t nothing = 0;  // libsodium takes no null pointer, not even for no bytes
  std::size_t size = 0;
  const char* end = nullptr;
  const int status = sodium_base642bin(out.empty() ? &nothing : out.data(), out.size(), text.data(),
                                       text.size(), ignored, &size, &end, sodium_variant(variant));
  if (status != 0 || end != text.data() + text.size()) return std::nullopt;
  return size;
}

// Exact for canonical text, so that a key of 32 bytes takes no more memory than one that was not decoded
// (SecretBytes keeps small ones together), and enough for any other: libsodium refuses to write beyond it.
std::size_t decoded_bound(std::string_view text) {
  const std::size_t last = text.find_last_not_of('=');
  return (last == std::string_view::npos ? 0 : last + 1) * 3 / 4;
}

}  // namespace

std::string encode_base64(ByteView bytes, Base64 variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_variant(variant)), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_variant(variant));
  // libsodium ends its text with a NUL, which its size includes.
  text.pop_back();
  return text;
}

SecretBytes encode_base64_secret(ByteView bytes, Base64 variant) {
  SecretBytes text(sodium_base64_encoded_len(bytes.size(), sodium_variant(variant)));
  sodium_bin2base64(reinterpret_cast<char*>(text.expose_mutable().data()), text.size(), bytes.data(),
                    bytes.size(), sodium_variant(variant));
  text.truncate(text.size() - 1);
  return text;
}

std::optional<Bytes> decode_base64(std::string_view text, Base64 variant) {
  Bytes out(decoded_bound(text));
  const auto size = decode_into(text, variant, WhiteSpace::kRefused, out);
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

std::optional<SecretBytes> decode_base64_secret(std::string_view text, Base64 variant, WhiteSpace space) {
  SecretBytes out(decoded_bound(text));
  const auto size = decode_into(text, variant, space, out.expose_mutable());
  if (!size) return std::nullopt;
  out.truncate(*size);
  return out;
}

std::string encode_hex(ByteView bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace imgcrypt
