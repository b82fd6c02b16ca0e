#include "keyprovider/age/openssh_key.hpp"

#include "base/process/fd.hpp"
#include "base/text/encoding.hpp"
#include "keyprovider/age/ssh_ed25519.hpp"
#include "keyprovider/age/ssh_rsa.hpp"
#include "keyprovider/age/ssh_wire.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::age {
namespace {

constexpr std::string_view kOpenSshEnd = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view kMagic = "openssh-key-v1";  // and a zero byte
constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::string_view kUnencrypted = "none";
constexpr std::size_t kBlockSize = 8;  // that an unencrypted key is padded to
constexpr std::size_t kMostTypeBytes = 64;

SecretBytes decode_pem(std::string_view content) {
  const std::size_t end = content.find(kOpenSshEnd);
  if (end == std::string_view::npos) fail_ssh_key();
  const std::string_view after = content.substr(end + kOpenSshEnd.size());
  if (after.find_first_not_of(kWhiteSpace) != std::string_view::npos) fail_ssh_key();
  auto bytes = decode_base64_secret(content.substr(kOpenSshBegin.size(), end - kOpenSshBegin.size()),
                                    Base64::kStandard, WhiteSpace::kIgnored);
  if (!bytes) fail_ssh_key();
  return std::move(*bytes);
}

// What is in the place that would be encrypted.
ByteView take_private_part(SshReader& reader) {
  const std::string_view cipher = as_text(reader.take_string());
  const std::string_view derivation = as_text(reader.take_string());
  const ByteView derivation_options = reader.take_string();
  if (cipher != kUnencrypted || derivation != kUnencrypted) {
    throw Error(ErrorCode::kUsage, "an OpenSSH private key with a passphrase, which cannot be read",
                "take the passphrase off a copy: ssh-keygen -p -N '' -f COPY");
  }
  if (!derivation_options.empty() || reader.take_number() != 1) fail_ssh_key();
  (void)reader.take_string();  // the public key, which the private part repeats
  const ByteView part = reader.take_string();
  reader.expect_end();
  return part;
}

std::unique_ptr<Identity> take_ed25519(SshReader& reader) {
  (void)reader.take_string();  // the public key, which the next repeats
  return std::make_unique<SshEd25519Identity>(reader.take_string());
}

std::unique_ptr<Identity> take_rsa(SshReader& reader) {
  RsaNumbers numbers;
  numbers.modulus = reader.take_integer();
  numbers.exponent = reader.take_integer();
  numbers.private_exponent = reader.take_integer();
  (void)reader.take_integer();  // the inverse of a prime, which can be computed
  numbers.prime1 = reader.take_integer();
  numbers.prime2 = reader.take_integer();
  return std::make_unique<SshRsaIdentity>(numbers);
}

void check_padding(ByteView padding) {
  if (padding.size() >= kBlockSize) fail_ssh_key();
  for (std::size_t i = 0; i < padding.size(); ++i) {
    if (padding[i] != i + 1) fail_ssh_key();
  }
}

}  // namespace

std::unique_ptr<Identity> parse_openssh_key(std::string_view content) {
  const SecretBytes bytes = decode_pem(content);
  const std::string_view text = as_text(bytes.expose());
  if (!text.starts_with(kMagic) || text.size() == kMagic.size() || text[kMagic.size()] != '\0')
    fail_ssh_key();
  SshReader whole(bytes.expose().subspan(kMagic.size() + 1));
  SshReader reader(take_private_part(whole));
  if (const std::uint32_t check = reader.take_number(); check != reader.take_number()) fail_ssh_key();
  const std::string_view type = as_text(reader.take_string());
  if (type != kSshEd25519 && type != kSshRsa) refuse_ssh_type(type);
  auto identity = type == kSshRsa ? take_rsa(reader) : take_ed25519(reader);
  (void)reader.take_string();  // a comment
  check_padding(reader.rest());
  return identity;
}

void refuse_ssh_type(std::string_view type) {
  throw Error(ErrorCode::kUsage,
              "an SSH key of the type " + printable(std::string(type.substr(0, kMostTypeBytes))) +
                  ", which age does not take",
              "give an ssh-ed25519 or ssh-rsa key");
}

}  // namespace imgcrypt::keyprovider::age
