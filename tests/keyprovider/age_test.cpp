#include "keyprovider/age/age_file.hpp"
#include "keyprovider/age/bech32.hpp"
#include "keyprovider/age/identity_file.hpp"
#include "keyprovider/age/primitives.hpp"
#include "keyprovider/age/provider.hpp"
#include "keyprovider/age/recipient_list.hpp"
#include "keyprovider/age/x25519_key.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <unistd.h>

#include <filesystem>
#include <map>

namespace imgcrypt::keyprovider::age {
namespace {

using namespace test;
using testing::HasSubstr;

const std::string kOptions = R"({"symkey":"AAAA","digest":"sha256:00","cipheroptions":{"nonce":"AAAA"}})";

Recipients recipients_of(const std::vector<std::string>& texts) {
  Recipients recipients;
  for (const std::string& text : texts) add_new(parse_recipients(text), recipients);
  return recipients;
}

Bytes file_for(const std::vector<std::string>& recipients) {
  return encrypt(recipients_of(recipients), as_bytes(kOptions));
}

std::string new_key() { return std::string(as_text(X25519Identity::generate().text().expose())); }

std::string public_half(const std::string& key) { return parse_identities(key).front()->recipient().text(); }

std::string ssh(const std::string& name) { return read_vector("age-ssh/" + name); }

// "nothing": it is for another key.
std::string opened(const std::string& identities, ByteView file) {
  const auto options = decrypt(parse_identities(identities), file);
  return options ? std::string(as_text(options->expose())) : "nothing";
}

// A vector of C2SP's testkit: lines "name: value", an empty line, an age file.
struct Vector {
  std::map<std::string, std::string> fields;
  std::string identities;
  std::string file;

  explicit Vector(const std::string& name) {
    const std::string text = read_vector("age/" + name);
    const std::size_t end = text.find("\n\n");
    file = text.substr(end + 2);
    std::istringstream lines(text.substr(0, end));
    for (std::string line; std::getline(lines, line);) {
      const std::size_t colon = line.find(": ");
      fields[line.substr(0, colon)] = line.substr(colon + 2);
      if (line.starts_with("identity: ")) identities += line.substr(colon + 2) + "\n";
    }
  }

  // What we do not do fails, though age itself can.
  [[nodiscard]] bool must_open() const { return fields.at("expect") == "success" && is_for_our_kinds(); }

  // Of a file that is for keys of ours: a file for somebody else is not a damaged one.
  [[nodiscard]] std::optional<ErrorCode> error() const {
    if (fields.at("expect") == "success" || fields.at("expect") == "no match") return std::nullopt;
    const bool is_other_version =
        file.starts_with("age-encryption.org/") && !file.starts_with("age-encryption.org/v1\n");
    return is_other_version ? ErrorCode::kRefused : ErrorCode::kIntegrity;
  }

  [[nodiscard]] bool is_for_our_kinds() const {
    return !fields.contains("passphrase") && identities.starts_with("AGE-SECRET-KEY-1");
  }

  [[nodiscard]] bool has_payload(ByteView payload) const {
    Bytes hash(crypto_hash_sha256_BYTES);
    crypto_hash_sha256(hash.data(), payload.data(), payload.size());
    return encode_hex(hash) == fields.at("payload");
  }
};

TEST(AgeFile, IsReadAsTheTestkitOfAgeSays) {
  std::size_t count = 0;
  std::size_t opened = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(VECTORS) + "/age")) {
    const std::string name = entry.path().filename().string();
    const Vector vector(name);
    ++count;
    std::optional<SecretBytes> payload;
    const auto error = error_of([&] {
      payload = decrypt(vector.identities.empty() ? Identities() : parse_identities(vector.identities),
                        as_bytes(vector.file));
    });
    EXPECT_EQ(payload.has_value(), vector.must_open()) << name;
    if (vector.is_for_our_kinds()) {
      EXPECT_EQ(error, vector.error()) << name;
    }
    if (!payload) continue;
    EXPECT_TRUE(vector.has_payload(payload->expose())) << name;
    ++opened;
  }
  EXPECT_EQ(count, 76U);
  EXPECT_EQ(opened, 7U);
}

// A header has one form, so it can be written again.
TEST(AgeFile, HasAHeaderThatIsWrittenAsItWasRead) {
  for (const std::string name : {"x25519", "x25519_grease", "x25519_multiple_recipients", "scrypt", "hybrid",
                                 "stanza_empty_body", "stanza_empty_last_line", "stanza_valid_characters"}) {
    const Vector vector(name);
    const AgeHeader header = parse_age_header(as_bytes(vector.file));
    const std::string text = format_age_stanzas(header.stanzas) + format_age_mac(header.mac);
    EXPECT_EQ(vector.file.substr(0, text.size()), text) << name;
    EXPECT_EQ(header.payload.size() + text.size(), vector.file.size()) << name;
  }
}

TEST(AgeFile, WithAPassphraseIsRefusedByName) {
  const Vector vector("scrypt");
  const Error error = failure([&] { (void)decrypt(parse_identities(new_key()), as_bytes(vector.file)); });
  EXPECT_EQ(error.code(), ErrorCode::kRefused);
  EXPECT_THAT(error.message(), HasSubstr("passphrase (scrypt)"));
}

TEST(AgeFile, OpensForEachRecipientAndNobodyElse) {
  const std::string one = new_key();
  const std::string two = new_key();
  const Bytes file = file_for({public_half(one), public_half(two), ssh("ed25519.pub"), ssh("rsa.pub")});
  for (const std::string& key : {one, two, ssh("ed25519"), ssh("rsa"), new_key() + "\n" + two})
    EXPECT_EQ(opened(key, file), kOptions);
  EXPECT_EQ(opened(new_key(), file), "nothing");
  EXPECT_EQ(opened(ssh("ed25519"), file_for({public_half(one), ssh("rsa.pub")})), "nothing");
}

TEST(AgeFile, OfAgeOpensWithSshKeys) {
  const std::string both = ssh("both.age");
  EXPECT_EQ(opened(ssh("ed25519"), as_bytes(both)), R"({"made":"by age"})");
  EXPECT_EQ(opened(ssh("rsa"), as_bytes(both)), R"({"made":"by age"})");
  EXPECT_EQ(opened(ssh("rsa"), as_bytes(ssh("ed25519.age"))), "nothing");
  EXPECT_EQ(opened(ssh("ed25519"), as_bytes(ssh("rsa.age"))), "nothing");
}

void expect_opens_only_unchanged(const std::string& key, const Bytes& file) {
  ASSERT_EQ(opened(key, file), kOptions);
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes damaged = file;
      damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ (1U << bit));
      std::string result = "nothing";
      (void)error_of([&] { result = opened(key, damaged); });
      EXPECT_EQ(result, "nothing") << "byte " << i << ", bit " << bit;
    }
    std::string result = "nothing";
    (void)error_of([&] { result = opened(key, ByteView(file).first(i)); });
    EXPECT_EQ(result, "nothing") << i;
  }
}

TEST(AgeFile, DoesNotOpenWithAnyBitTurned) {
  const std::string key = new_key();
  expect_opens_only_unchanged(key, file_for({public_half(key)}));
  expect_opens_only_unchanged(ssh("ed25519"), file_for({ssh("ed25519.pub")}));
}

// The header's MAC covers the stanzas of others, which the key does not look at.
TEST(AgeFile, DoesNotOpenWithAnotherStanzaChanged) {
  const std::string key = new_key();
  const Bytes file = file_for({public_half(key), ssh("rsa.pub")});
  std::string text(as_text(file));
  const std::size_t at = text.find("-> ssh-rsa ") + 30;
  text[at] = text[at] == 'A' ? 'B' : 'A';
  EXPECT_EQ(error_of([&] { (void)opened(key, as_bytes(text)); }), ErrorCode::kIntegrity);
}

TEST(AgeFile, KeepsItsLimits) {
  std::vector<std::string> recipients(kMostRecipients + 1);
  for (std::string& recipient : recipients) recipient = public_half(new_key());
  const SecretBytes options = secret(kOptions);
  EXPECT_EQ(error_of([&] { (void)AgeProvider({}).wrap(recipients, options); }), ErrorCode::kUsage);
  recipients.pop_back();
  EXPECT_EQ(parse_age_header(AgeProvider({}).wrap(recipients, options)).stanzas.size(), kMostRecipients);
  EXPECT_EQ(error_of([&] { (void)AgeProvider({}).wrap({recipients[0]}, SecretBytes(kMostPacketBytes)); }),
            ErrorCode::kUsage);
  std::string many = "age-encryption.org/v1\n";
  for (std::size_t i = 0; i <= kMostAgeStanzas; ++i) many += "-> a\n\n";
  EXPECT_EQ(error_of([&] { (void)parse_age_header(as_bytes(many + "--- \n")); }), ErrorCode::kRefused);
  EXPECT_EQ(error_of([] { (void)decrypt({}, Bytes(kMostPacketBytes + 1, 'a')); }), ErrorCode::kRefused);
}

TEST(AgeRecipient, NeverTakesATypingErrorForAnotherKey) {
  const std::string text = public_half(new_key());
  EXPECT_EQ(error_of([&] { (void)parse_recipient(text); }), std::nullopt);
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'q', 'l', 'Q', '1', ' ', '='}) {
      std::string typo = text;
      if (typo[i] == c) continue;
      typo[i] = c;
      EXPECT_EQ(error_of([&] { (void)parse_recipient(typo); }), ErrorCode::kUsage) << typo;
    }
    EXPECT_EQ(error_of([&] { (void)parse_recipient(text.substr(0, i)); }), ErrorCode::kUsage) << i;
  }
}

TEST(AgeRecipient, IsWhatTheTestkitSays) {
  EXPECT_EQ(public_half("AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"),
            "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef");
}

TEST(AgeRecipient, OfAnotherKindIsNamed) {
  using Case = std::pair<std::string, std::string>;
  for (const auto& [text, reason] : std::vector<Case>{
           {new_key(), "a secret key was given"},
           {"age1pq1qqqq", "post-quantum recipients of age are not supported"},
           {"age1yubikey1qqqq", "recipients of age plugins are not supported"},
           {"AGE-PLUGIN-YUBIKEY-1QQQQ", "a key of an age plugin"},
           {"ecdsa-sha2-nistp256 AAAA", "the type ecdsa-sha2-nistp256, which age does not take"},
           {"sk-ssh-ed25519@openssh.com AAAA", "the type sk-ssh-ed25519@openssh.com"},
           {"ssh-ed25519 AAAA", "cut or is damaged"},
           {ssh("rsa.pub").replace(0, 7, "ssh-ed25519"), "cut or is damaged"},
           {ssh("rsa"), "a key in PEM"},
           {"# nobody\n\n", "it names no recipient"},
           {"somebody", "not an age recipient"}}) {
    const Error error = failure([&, &value = text] { (void)parse_recipients(value); });
    EXPECT_EQ(error.code(), ErrorCode::kUsage) << text;
    EXPECT_THAT(error.message(), HasSubstr(reason));
  }
}

// Little-endian, as points are.
std::string point_text(std::uint8_t first) {
  SecretBytes point(kPointSize);
  point.expose_mutable()[0] = first;
  return std::string(as_text(encode_bech32("age", point.expose()).expose()));
}

TEST(AgeRecipient, IsNoPointThatHidesNothing) {
  EXPECT_EQ(error_of([] { (void)parse_recipient(point_text(0)); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([] { (void)parse_recipient(point_text(1)); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([] { (void)parse_recipient(point_text(9)); }), std::nullopt);
}

TEST(AgeRecipient, CountsOnce) {
  const std::string key = public_half(new_key());
  const std::string twice = ssh("rsa.pub") + "# again\n" + ssh("rsa.pub") + key + "\n" + key;
  EXPECT_EQ(recipients_of({twice, key}).size(), 2U);
}

TEST(AgeIdentity, OfOpenSshHasItsPublicHalf) {
  for (const std::string name : {"ed25519", "rsa"}) {
    const std::string text = ssh(name + ".pub");
    EXPECT_EQ(public_half(ssh(name)) + " throw-away\n", text);
  }
}

TEST(AgeIdentity, OfAnotherKindIsNamed) {
  using Case = std::pair<std::string, std::string>;
  for (const auto& [text, reason] :
       std::vector<Case>{{ssh("locked"), "with a passphrase"},
                         {ssh("ecdsa"), "the type ecdsa-sha2-nistp256, which age does not take"},
                         {ssh("rsa-pkcs1"), "a key in PEM"},
                         {ssh("rsa.pub"), "a public key was given"},
                         {public_half(new_key()), "a public key was given"},
                         {"AGE-SECRET-KEY-PQ-1QQQQ", "post-quantum keys of age are not supported"},
                         {"AGE-PLUGIN-YUBIKEY-1QQQQ", "keys of age plugins are not supported"},
                         {Vector("scrypt").file, "encrypted with a passphrase"},
                         {"# public key: age1\n", "it holds no key"},
                         {new_key() + "\n" + new_key() + "Q\n", "line 2: an age secret key that was cut"}}) {
    const Error error = failure([&, &value = text] { (void)parse_identities(value); });
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.message(), HasSubstr(reason));
  }
}

// Cut anywhere, or with a byte changed before it is put into base64, it is an error and nothing worse.
TEST(AgeIdentity, OfOpenSshMayBeDamagedAnywhere) {
  const std::string begin = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  const std::string end = "-----END OPENSSH PRIVATE KEY-----\n";
  for (const std::string name : {"ed25519", "rsa"}) {
    const std::string text = ssh(name);
    const auto bytes =
        decode_base64_secret(text.substr(begin.size(), text.size() - begin.size() - end.size()),
                             Base64::kStandard, WhiteSpace::kIgnored);
    ASSERT_TRUE(bytes);
    for (std::size_t i = 0; i < bytes->size(); ++i) {
      const auto parse = [&](ByteView damaged) {
        return error_of(
            [&] { (void)parse_identities(begin + encode_base64(damaged, Base64::kStandard) + end); });
      };
      EXPECT_TRUE(parse(bytes->expose().first(i))) << i;
      Bytes damaged = to_bytes(bytes->expose());
      damaged[i] ^= 0x80U;
      (void)parse(damaged);
    }
  }
}

TEST(AgeProvider, IsNotStoppedByAFileThatIsNotAKey) {
  const std::string folder = testing::TempDir() + "age." + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  const std::string key = new_key();
  std::ofstream(folder + "/good.key") << "# mine\r\n\r\n" << key << "\r\n";
  std::ofstream(folder + "/bad.key") << ssh("locked");
  const Bytes packet = file_for({public_half(key)});
  const auto unwrap = [&](const std::vector<std::string>& files) {
    return std::string(as_text(AgeProvider({}).unwrap(files, packet).expose()));
  };
  EXPECT_EQ(unwrap({folder + "/bad.key", folder + "/none.key", folder + "/good.key"}), kOptions);
  EXPECT_EQ(as_text(AgeProvider({{}, {folder}}).unwrap({kProviderEnabled}, packet).expose()), kOptions);
  const Error bad = failure([&] { (void)unwrap({folder + "/bad.key"}); });
  EXPECT_EQ(bad.code(), ErrorCode::kUsage);
  EXPECT_THAT(bad.message(), HasSubstr("bad.key: an OpenSSH private key with a passphrase"));
  EXPECT_EQ(failure([&] { (void)unwrap({}); }).code(), ErrorCode::kNoKey);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::age
