#include "keys/key_text.hpp"

#include "base/text/encoding.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

constexpr std::array<std::string_view, 5> kMarks = {"-----BEGIN", "PRIVATE KEY-----", "\"kty\"",
                                                    "sodium-x25519-secret-", "AGE-SECRET-KEY-"};
// What comes before long texts that are no secret.
constexpr std::array<std::string_view, 2> kPublicMarks = {"provider:", "ssh-rsa "};
// Base64 of the shortest key that is recognised, and of what tells it.
constexpr std::size_t kLeastDigits = 40;
constexpr std::size_t kMostFileName = 255;  // bytes, NAME_MAX
// Somebody may have encoded it again and again; the text shrinks each time.
constexpr int kMostLayers = 4;

bool is_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

// How private and public keys begin in DER: SEQUENCE { INTEGER 0 or 1 ..., or SEQUENCE { SEQUENCE ...
bool begins_as_der(ByteView bytes) {
  if (bytes.size() < 8 || bytes[0] != 0x30) return false;
  const std::size_t start = bytes[1] < 0x80 ? 2 : bytes[1] == 0x81 ? 3 : bytes[1] == 0x82 ? 4 : 0;
  if (start == 0) return false;
  const bool is_version = bytes[start] == 0x02 && bytes[start + 1] == 0x01 && bytes[start + 2] <= 1;
  return is_version || bytes[start] == 0x30;
}

bool holds_key(std::string_view text, int layers);

bool encodes_key(std::string_view digits, int layers) {
  const std::string_view whole = digits.substr(0, digits.size() / 4 * 4);
  for (const Base64 variant : {Base64::kStandard, Base64::kUrl}) {
    const auto bytes = decode_base64_secret(whole, variant);
    if (bytes && (begins_as_der(bytes->expose()) || holds_key(as_text(bytes->expose()), layers - 1)))
      return true;
  }
  return false;
}

// The longest runs of base64's digits, which "SCHEME:" and the like may come before.
template <typename Predicate>
bool any_run(std::string_view text, Predicate predicate) {
  while (!text.empty()) {
    const auto size = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    if (size >= kLeastDigits && predicate(text.substr(0, size))) return true;
    text.remove_prefix(std::min(text.size(), size + 1));
  }
  return false;
}

bool holds_key(std::string_view text, int layers) {
  if (layers == 0) return false;
  const auto is_in_text = [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; };
  return std::ranges::any_of(kMarks, is_in_text) ||
         any_run(text, [&](std::string_view run) { return encodes_key(run, layers); });
}

bool is_varied(std::string_view run) {
  const auto has = [&](char first, char last) {
    return std::ranges::any_of(run, [&](char c) { return c >= first && c <= last; });
  };
  return has('A', 'Z') && has('a', 'z') && has('0', '9');
}

// Between slashes, as a path may be longer.
bool is_too_long_for_a_name(std::string_view run) {
  while (!run.empty()) {
    const std::size_t size = std::min(run.size(), run.find('/'));
    if (size > kMostFileName && is_varied(run.substr(0, size))) return true;
    run.remove_prefix(std::min(run.size(), size + 1));
  }
  return false;
}

}  // namespace

bool holds_key_text(std::string_view text) {
  if (holds_key(text, kMostLayers)) return true;
  const auto may_be_public = [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; };
  return std::ranges::none_of(kPublicMarks, may_be_public) && any_run(text, is_too_long_for_a_name);
}

void refuse_key_text(const std::string& place, std::string_view text) {
  if (!holds_key_text(text)) return;
  throw Error(ErrorCode::kUsage, place + ": the text of a key was given, where a file is expected",
              "keep the key in a file that only you can read, and give the file's name; bash also takes "
              "<(COMMAND THAT PRINTS THE KEY)");
}

void refuse_key_text(std::span<const std::string> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i)
    refuse_key_text("argument " + std::to_string(i + 1), arguments[i]);
}

}  // namespace imgcrypt
