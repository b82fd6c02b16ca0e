#include "keyprovider/age/bech32.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr std::string_view kLowerDigits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::string_view kUpperDigits = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
constexpr std::size_t kChecksumSize = 6;  // digits of five bits
constexpr std::uint8_t kNoDigit = 0xff;

std::string_view digits_like(std::string_view prefix) {
  return std::ranges::any_of(prefix, [](char c) { return c >= 'A' && c <= 'Z'; }) ? kUpperDigits
                                                                                  : kLowerDigits;
}

class Checksum {
 public:
  explicit Checksum(std::string_view prefix) {
    for (const char c : prefix) add(lower(c) >> 5U);
    add(0);
    for (const char c : prefix) add(lower(c) & 31U);
  }

  // Without a branch on the digit, which may be of a secret key.
  void add(std::uint32_t digit) {
    constexpr std::array<std::uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                         0x2a1462b3};
    const std::uint32_t top = state_ >> 25U;
    state_ = (state_ & 0x1ffffffU) << 5U ^ digit;
    for (unsigned i = 0; i < kGenerator.size(); ++i) state_ ^= kGenerator.at(i) & (0U - (top >> i & 1U));
  }

  [[nodiscard]] std::uint32_t state() const noexcept { return state_; }

 private:
  static std::uint32_t lower(char c) {
    return static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }

  std::uint32_t state_ = 1;
};

// Looks at all digits: an index or an early end would tell which one it is.
std::uint8_t value_of(char c, std::string_view digits) {
  std::uint32_t value = kNoDigit;
  for (std::uint32_t i = 0; i < digits.size(); ++i) {
    const auto difference = static_cast<std::uint32_t>(static_cast<std::uint8_t>(c ^ digits[i]));
    const std::uint32_t is_equal = (difference - 1U) >> 31U;
    value ^= (value ^ i) & (0U - is_equal);
  }
  return static_cast<std::uint8_t>(value);
}

char digit_of(std::uint32_t value, std::string_view digits) {
  std::uint32_t found = 0;
  for (std::uint32_t i = 0; i < digits.size(); ++i)
    found |= static_cast<std::uint8_t>(digits[i]) & (0U - (((value ^ i) - 1U) >> 31U));
  return static_cast<char>(found);
}

// Digits of `from` bits as digits of `to` bits. nullopt if what is left over is a whole digit or not zero.
std::optional<SecretBytes> regroup(ByteView values, unsigned from, unsigned to, bool is_padded) {
  SecretBytes out(values.size() * from / to + (is_padded ? 1 : 0));
  std::size_t size = 0;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t value : values) {
    bits = (bits << from | value) & 0xfffU;
    for (count += from; count >= to; count -= to)
      out.expose_mutable()[size++] = static_cast<std::uint8_t>(bits >> (count - to) & ((1U << to) - 1U));
  }
  const std::uint32_t left = bits << (to - count) & ((1U << to) - 1U);
  if (is_padded && count > 0)
    out.expose_mutable()[size++] = static_cast<std::uint8_t>(left);
  else if (!is_padded && (count >= from || left != 0))
    return std::nullopt;
  out.truncate(size);
  return out;
}

}  // namespace

SecretBytes encode_bech32(std::string_view prefix, ByteView bytes) {
  const auto values = regroup(bytes, 8, 5, true);
  const std::string_view digits = digits_like(prefix);
  SecretBytes text(prefix.size() + 1 + values->size() + kChecksumSize);
  auto out = std::ranges::copy(prefix, text.expose_mutable().begin()).out;
  *out++ = '1';
  Checksum checksum(prefix);
  for (const std::uint8_t value : values->expose()) {
    checksum.add(value);
    *out++ = static_cast<std::uint8_t>(digit_of(value, digits));
  }
  for (std::size_t i = 0; i < kChecksumSize; ++i) checksum.add(0);
  for (unsigned i = 0; i < kChecksumSize; ++i) {
    const std::uint32_t value = (checksum.state() ^ 1U) >> (5U * (kChecksumSize - 1U - i)) & 31U;
    *out++ = static_cast<std::uint8_t>(digit_of(value, digits));
  }
  return text;
}

std::optional<SecretBytes> decode_bech32(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix) || !text.substr(prefix.size()).starts_with('1')) return std::nullopt;
  const std::string_view rest = text.substr(prefix.size() + 1);
  if (rest.size() < kChecksumSize) return std::nullopt;
  SecretBytes values(rest.size());
  Checksum checksum(prefix);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const std::uint8_t value = value_of(rest[i], digits_like(prefix));
    if (value == kNoDigit) return std::nullopt;
    values.expose_mutable()[i] = value;
    checksum.add(value);
  }
  if (checksum.state() != 1) return std::nullopt;
  return regroup(values.expose().first(rest.size() - kChecksumSize), 5, 8, false);
}

}  // namespace imgcrypt::keyprovider::age
