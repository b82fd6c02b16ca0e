#include "keyprovider/age/recipient_list.hpp"

#include "base/text/encoding.hpp"
#include "keyprovider/age/key_lines.hpp"
#include "keyprovider/age/openssh_key.hpp"
#include "keyprovider/age/ssh_ed25519.hpp"
#include "keyprovider/age/ssh_rsa.hpp"
#include "keyprovider/age/ssh_wire.hpp"
#include "keyprovider/age/x25519_key.hpp"
#include "keyprovider/key_places.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr std::string_view kX25519Start = "age1";
constexpr std::string_view kBlanks = " \t";

struct OtherKind {
  std::string_view start;
  const char* what;
  const char* hint;
};

constexpr const char* kUseOthers =
    "give an age1..., ssh-ed25519 or ssh-rsa key: imgcrypt key generate age and age-keygen make age1... keys";

// What people may take for a recipient; the longer of two beginnings comes first.
constexpr std::array kOtherKinds = {
    OtherKind{kX25519SecretStart, "a secret key was given where a public one is needed",
              "imgcrypt key public FILE prints the public half of a secret key file"},
    OtherKind{"AGE-", "a key of an age plugin was given where a public key is needed", kUseOthers},
    OtherKind{"age1pq1", "post-quantum recipients of age are not supported", kUseOthers},
    OtherKind{"-----BEGIN", "a key in PEM was given where an age recipient is needed", kUseOthers}};

// "ssh-rsa AAAA... comment". Names of types have a dash, which other words at the beginning of a line rarely
// have.
std::unique_ptr<Recipient> parse_ssh_key(std::string_view text) {
  const std::size_t type_end = text.find_first_of(kBlanks);
  const std::string_view type = text.substr(0, type_end);
  if (type_end == std::string_view::npos || type.find('-') == std::string_view::npos)
    throw Error(ErrorCode::kUsage, "not an age recipient", kUseOthers);
  if (type != kSshEd25519 && type != kSshRsa) refuse_ssh_type(type);
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks, type_end), text.size()));
  const auto blob = decode_base64(text.substr(0, text.find_first_of(kBlanks)), Base64::kStandard);
  if (!blob) fail_ssh_key();
  if (type == kSshRsa) return std::make_unique<SshRsaRecipient>(*blob);
  return std::make_unique<SshEd25519Recipient>(*blob);
}

// A file may be called age1.pub or ssh-keys.
bool is_key_text(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return text.starts_with("ssh-ed25519 ") || text.starts_with("ssh-rsa ") ||
         (text.starts_with(kX25519Start) && std::ranges::all_of(text, is_digit));
}

}  // namespace

std::unique_ptr<Recipient> parse_recipient(std::string_view text) {
  for (const OtherKind& kind : kOtherKinds) {
    if (text.starts_with(kind.start)) throw Error(ErrorCode::kUsage, kind.what, kind.hint);
  }
  if (!text.starts_with(kX25519Start)) return parse_ssh_key(text);
  // A name and another "1": "age1yubikey1...". Digits of a key have no "1".
  if (text.substr(kX25519Start.size()).find('1') != std::string_view::npos)
    throw Error(ErrorCode::kUsage, "recipients of age plugins are not supported", kUseOthers);
  return std::make_unique<X25519Recipient>(X25519Recipient::parse(text));
}

Recipients parse_recipients(std::string_view text) {
  Recipients recipients;
  for_each_key_line(text, [&](std::string_view line) { recipients.push_back(parse_recipient(line)); });
  if (recipients.empty()) throw Error(ErrorCode::kUsage, "it names no recipient", "write one a line");
  return recipients;
}

Recipients read_recipients(const std::string& file_or_text) {
  if (!is_key_text(file_or_text)) return parse_key_file(file_or_text, kMostKeyFileBytes, parse_recipients);
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
