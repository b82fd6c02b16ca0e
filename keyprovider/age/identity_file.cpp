#include "keyprovider/age/identity_file.hpp"

#include "keyprovider/age/key_lines.hpp"
#include "keyprovider/age/openssh_key.hpp"
#include "keyprovider/age/recipient_list.hpp"
#include "keyprovider/age/x25519_key.hpp"
#include "keyprovider/key_places.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr std::size_t kMostIdentities = 64;  // of a file

struct OtherContent {
  std::string_view start;
  const char* what;
  const char* hint;
};

constexpr const char* kDecrypt = "decrypt it with age: age -d FILE >KEY, readable only by you";
constexpr const char* kUseFile = "give the file with the AGE-SECRET-KEY-1 line, or an OpenSSH private key";

constexpr std::array kOtherContents = {
    OtherContent{"age-encryption.org/", "a key file that is encrypted with a passphrase", kDecrypt},
    OtherContent{"-----BEGIN AGE ENCRYPTED FILE-----", "a key file that is encrypted with a passphrase",
                 kDecrypt},
    OtherContent{
        "-----BEGIN", "a key in PEM, which age does not use",
        "an SSH key is turned into OpenSSH's form, on a copy: ssh-keygen -p -f COPY; other keys open "
        "layers of jwe and pkcs7: -k FILE"},
    OtherContent{"AGE-SECRET-KEY-PQ-", "post-quantum keys of age are not supported", kUseFile},
    OtherContent{"AGE-PLUGIN-", "keys of age plugins are not supported", kUseFile},
    OtherContent{"age1", "a public key was given where a secret one is needed", kUseFile},
    OtherContent{"ssh-", "a public key was given where a secret one is needed",
                 "give the file without .pub that was made with it"}};

void check_is_secret_key(std::string_view text) {
  for (const OtherContent& other : kOtherContents) {
    if (text.starts_with(other.start)) throw Error(ErrorCode::kUsage, other.what, other.hint);
  }
  if (!text.starts_with(kX25519SecretStart))
    throw Error(ErrorCode::kUsage, "not a secret key of age", kUseFile);
}

}  // namespace

Identities parse_identities(std::string_view content) {
  Identities identities;
  if (const std::string_view key = from_first_item(content); key.starts_with(kOpenSshBegin)) {
    identities.push_back(parse_openssh_key(key));
    return identities;
  }
  for_each_key_line(content, [&](std::string_view line) {
    check_is_secret_key(line);
    if (identities.size() == kMostIdentities)
      throw Error(ErrorCode::kUsage, "more than " + std::to_string(kMostIdentities) + " secret keys");
    identities.push_back(std::make_unique<X25519Identity>(X25519Identity::parse(line)));
  });
  if (identities.empty()) throw Error(ErrorCode::kUsage, "it holds no key", kUseFile);
  return identities;
}

Identities read_identities(const std::string& file) {
  return parse_key_file(file, kMostKeyFileBytes, parse_identities);
}

std::string read_public_halves(const std::string& file) {
  std::string text;
  const auto add = [&](const Recipient& recipient) { text += recipient.text() + "\n"; };
  return parse_key_file(file, kMostKeyFileBytes, [&](std::string_view content) {
    const std::string_view key = from_first_item(content);
    if (key.starts_with(kX25519SecretStart) || key.starts_with("-----BEGIN")) {
      for (const auto& identity : parse_identities(content)) add(identity->recipient());
    } else {
      for (const auto& recipient : parse_recipients(content)) add(*recipient);
    }
    return text;
  });
}

std::string write_new_key(const std::string& file, IfPresent if_present) {
  const X25519Identity key = X25519Identity::generate();
  const std::string public_text = key.recipient().text() + "\n";
  const SecretBytes secret_text = key.text();
  const SecretBytes content =
      SecretBytes::joined({"# public key: ", public_text, as_text(secret_text.expose()), "\n"});
  write_key_pair(file, content.expose(), as_bytes(public_text), if_present);
  return public_text;
}

}  // namespace imgcrypt::keyprovider::age
