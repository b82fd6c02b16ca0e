#include "keyprovider/age/recipient_list.hpp"

#include "keyprovider/age/key_lines.hpp"
#include "keyprovider/age/x25519_key.hpp"
#include "keyprovider/key_places.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr std::string_view kX25519Start = "age1";

struct OtherKind {
  std::string_view start;
  const char* what;
  const char* hint;
};

constexpr const char* kUseX25519 = "give an age1... key: imgcrypt key generate age and age-keygen make them";

// What people may take for a recipient; the longer of two beginnings comes first.
constexpr std::array kOtherKinds = {
    OtherKind{kX25519SecretStart, "a secret key was given where a public one is needed",
              "imgcrypt key public FILE prints the public half of a secret key file"},
    OtherKind{"AGE-", "a key of an age plugin was given where a public key is needed", kUseX25519},
    OtherKind{"age1pq1", "post-quantum recipients of age are not supported", kUseX25519},
    OtherKind{"-----BEGIN", "a key in PEM was given where an age recipient is needed", kUseX25519}};

}  // namespace

std::unique_ptr<Recipient> parse_recipient(std::string_view text) {
  for (const OtherKind& kind : kOtherKinds) {
    if (text.starts_with(kind.start)) throw Error(ErrorCode::kUsage, kind.what, kind.hint);
  }
  if (!text.starts_with(kX25519Start)) throw Error(ErrorCode::kUsage, "not an age recipient", kUseX25519);
  // A name and another "1": "age1yubikey1...". Digits of a key have no "1".
  if (text.substr(kX25519Start.size()).find('1') != std::string_view::npos)
    throw Error(ErrorCode::kUsage, "recipients of age plugins are not supported", kUseX25519);
  return std::make_unique<X25519Recipient>(X25519Recipient::parse(text));
}

Recipients parse_recipients(std::string_view text) {
  Recipients recipients;
  for_each_key_line(text, [&](std::string_view line) { recipients.push_back(parse_recipient(line)); });
  if (recipients.empty()) throw Error(ErrorCode::kUsage, "it names no recipient", "write one a line");
  return recipients;
}

Recipients read_recipients(const std::string& file_or_text) {
  if (!file_or_text.starts_with(kX25519Start))
    return parse_key_file(file_or_text, kMostKeyFileBytes, parse_recipients);
  Recipients one;
  one.push_back(parse_recipient(file_or_text));
  return one;
}

void add_new(Recipients&& more, Recipients& recipients) {
  for (auto& recipient : more) {
    const bool is_known = std::ranges::any_of(
        recipients, [&](const auto& known) { return known->text() == recipient->text(); });
    if (!is_known) recipients.push_back(std::move(recipient));
  }
}

}  // namespace imgcrypt::keyprovider::age
