#include "keys/key.hpp"

#include "keys/key_file.hpp"
#include "keys/list_key_file.hpp"
#include "keys/pem.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace imgcrypt {
namespace {

using namespace test;

const std::set<std::string> kReadable = {"PKCS#1 public key", "text before PEM", "later PEM block", "DER",
                                         "JWK"};

PrivateKey private_key(const std::string& pem) { return parse_private_key(as_bytes(pem), nullptr); }
PublicKey public_key(const std::string& pem) { return parse_public_key(as_bytes(pem)); }

PrivateKey private_key_of(const Table& row) {
  const std::string file = read_vector(text(row, "file"));
  if (row.at("passphrase").is_null()) return private_key(file);
  const SecretBytes passphrase = secret(text(row, "passphrase"));
  return parse_private_key(as_bytes(file), &passphrase);
}

PublicKey key_of(const Table& row) {
  return row.at("private").get<bool>() ? private_key_of(row).public_key()
                                       : public_key(read_vector(text(row, "file")));
}

std::string der_of_pem(const std::string& pem) {
  const auto blocks = split_pem(pem);
  return std::string(as_text(blocks.at(0).der.expose()));
}

// "" when the file is read.
std::string complaint(const std::string& name, const char* passphrase) {
  const std::string file = read_vector(name);
  const SecretBytes given = secret(std::string_view(passphrase == nullptr ? "" : passphrase));
  try {
    (void)parse_private_key(as_bytes(file), passphrase == nullptr ? nullptr : &given);
  } catch (const Error& error) {
    return error.message();
  }
  return {};
}

TEST(KeyFile, ReadsEveryKeyItMust) {
  std::size_t read = 0;
  for (const auto& row : load_table("keys.json")) {
    if (row.at("outcome") != "accept" || !needs_only(row, kReadable)) continue;
    SCOPED_TRACE(row.at("file"));
    const PublicKey key = key_of(row);
    EXPECT_EQ(key.thumbprint(), text(row, "thumbprint"));
    EXPECT_EQ(key.bits(), row.at("bits").get<int>());
    EXPECT_EQ(key.kind(), row.at("kind") == "RSA" ? KeyKind::kRsa : KeyKind::kEc);
    EXPECT_EQ(key.curve(), row.at("curve").is_null() ? "" : text(row, "curve"));
    ++read;
  }
  EXPECT_GE(read, 31U);
}

TEST(KeyFile, RefusesEveryKeyItMust) {
  for (const auto& row : load_table("keys.json")) {
    if (row.at("outcome") != "refuse" || row.at("why") == "alg ECDH-ES") continue;  // that is JWE's to refuse
    EXPECT_TRUE(error_of([&] { (void)key_of(row); })) << row.at("file");
  }
}

TEST(KeyFile, NamesKeysOfOtherPrograms) {
  std::size_t named = 0;
  for (const auto& row : load_table("keys.json")) {
    if (row.at("outcome") != "refuse" || !row.at("kind").is_null()) continue;
    SCOPED_TRACE(row.at("file"));
    const std::string file = read_vector(text(row, "file"));
    for (const bool is_private : {true, false}) {
      const Error error = failure([&] { is_private ? (void)private_key(file) : (void)public_key(file); });
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_THAT(error.message(), testing::HasSubstr("this is " + text(row, "why")));
      EXPECT_NE(error.hint(), "");
    }
    ++named;
  }
  EXPECT_GE(named, 12U);
}

// Keys of programs that no vector is made with here.
TEST(KeyFile, NamesKeysByTheirFirstLine) {
  const std::pair<std::string, const char*> files[] = {
      {"", "an empty file"},
      {"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\nAAAA\n=AAAA\n-----END PGP PRIVATE KEY "
       "BLOCK-----\n",
       "an OpenPGP secret key"},
      {"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n=AAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
       "an OpenPGP public key"},
      {"PuTTY-User-Key-File-3: ssh-rsa\n", "a PuTTY key"},
      {"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", "a PKCS#7 bundle of certificates"},
      {std::string("\xFF\xFE-\0-\0", 6), "text in UTF-16"},
      {std::string("-\0-\0-\0", 6), "text in UTF-16"},
      {std::string("\xFE\xFF\0-", 4), "text in UTF-16"},
      {"LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0K\n", "PEM that was encoded in base64 once more"},
      {"\xEF\xBB\xBF{\"kty\":\"RSA\"}", "a JWK after a byte order mark"},
      {std::string("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x00", 15),
       "a PKCS#7 bundle of certificates"},
      {"# created: today\nAGE-SECRET-KEY-1QQQ\n", "an age key"},
      {"sodium-x25519-secret-AAAA\n", "a key of the key provider sodium"},
      {"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n",
       "a signing key of cosign"}};
  for (const auto& [file, what] : files) {
    const std::string text = file;
    EXPECT_THAT(failure([&] { (void)private_key(text); }).message(), testing::HasSubstr(what));
    EXPECT_THAT(failure([&] { (void)public_key(text); }).message(), testing::HasSubstr(what));
  }
  EXPECT_THAT(failure([] { (void)private_key("see pkcs11: and age1"); }).message(),
              testing::HasSubstr("not a private key"));
}

// SubjectPublicKeyInfo with something after it, in it, and after its algorithm.
TEST(KeyFile, HoldsPublicKeysWithoutATail) {
  const Bytes whole = to_bytes(as_bytes(der_of_pem(read_vector("keys/rsa.pub.pem"))));
  EXPECT_NO_THROW((void)parse_public_key(whole));
  constexpr std::size_t kAlgorithmEnd = 4 + 15;  // after the outer header
  const Bytes null = {0x05, 0x00};
  for (const std::size_t at : {whole.size(), kAlgorithmEnd}) {
    Bytes changed = whole;
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(at), null.begin(), null.end());
    changed[3] = static_cast<std::uint8_t>(changed[3] + 2);  // the outer length, low byte
    if (at == kAlgorithmEnd) changed[5] = static_cast<std::uint8_t>(changed[5] + 2);
    EXPECT_TRUE(error_of([&] { (void)parse_public_key(changed); })) << at;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_TRUE(error_of([&] { (void)parse_public_key(longer); }));
}

TEST(KeyFile, IsInTheTable) {
  std::set<std::string> listed;
  for (const auto& row : load_table("keys.json")) listed.insert(text(row, "file"));
  for (const auto& entry : std::filesystem::directory_iterator(std::string(VECTORS) + "/keys"))
    EXPECT_TRUE(listed.contains("keys/" + entry.path().filename().string())) << entry.path();
}

TEST(KeyFile, TellsCertificatesFromKeys) {
  for (const std::string& file : {read_vector("keys/cert1.pem"), der_of_pem(read_vector("keys/cert1.pem"))}) {
    EXPECT_THAT(failure([&] { (void)private_key(file); }).message(),
                testing::HasSubstr("a certificate was given"));
    const Error error = failure([&] { (void)public_key(file); });
    EXPECT_THAT(error.message(), testing::HasSubstr("a certificate was given"));
    EXPECT_THAT(error.hint(), testing::HasSubstr("openssl x509"));
  }
}

TEST(KeyFile, RefusesPublicForPrivateAndTheReverse) {
  for (const auto& row : load_table("keys.json")) {
    const std::string file = read_vector(text(row, "file"));
    const auto misused = [&] {
      row.at("private").get<bool>() ? (void)public_key(file) : (void)private_key(file);
    };
    EXPECT_EQ(error_of(misused), ErrorCode::kUsage) << row.at("file");
  }
}

TEST(KeyFile, TellsMissingFromWrongPassphrase) {
  for (const char* name : {"keys/rsa-legacyenc.pem", "keys/rsa-pk8enc.pem", "keys/p384-sec1enc.pem",
                           "keys/p256-pk8enc-scrypt.pem"}) {
    const std::string missing = complaint(name, nullptr);
    EXPECT_THAT(missing, testing::HasSubstr("missing passphrase")) << name;
    for (const char* wrong : {"12345", ""}) {
      EXPECT_THAT(complaint(name, wrong), testing::HasSubstr("wrong passphrase")) << name;
      EXPECT_NE(complaint(name, wrong), missing) << name;
    }
    EXPECT_EQ(complaint(name, "1234"), "") << name;
  }
}

TEST(KeyFile, IsRefusedWhenCutAnywhere) {
  const std::string whole = read_vector("keys/p256.pem");
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    EXPECT_EQ(error_of([&] { (void)private_key(whole.substr(0, size)); }), ErrorCode::kUsage) << size;
  }
}

TEST(Jwk, SaysWhatOtherProgramsWriteDifferently) {
  auto jwk = Table::parse(read_vector("keys/rsa256.pub.jwk"));
  jwk["e"] = "AQAB=";
  EXPECT_THAT(failure([&] { (void)public_key(jwk.dump()); }).hint(), testing::HasSubstr("remove the ="));
  jwk["kty"] = "RSA-HSM";
  EXPECT_THAT(failure([&] { (void)public_key(jwk.dump()); }).hint(),
              testing::HasSubstr("change it to \"RSA\""));
}

TEST(PublicKey, HasTheThumbprintOfRfc7638) {
  const auto row = load_table("rfc/rfc7638.json");
  EXPECT_EQ(public_key(text(row, "pem")).thumbprint(), text(row, "thumbprint"));
}

TEST(PublicKey, RefusesAPointThatIsNotOnItsCurve) {
  EcPoint point = public_key(read_vector("keys/p256.pub.pem")).point();
  EXPECT_EQ(PublicKey::from_point(point).thumbprint(),
            public_key(read_vector("keys/p256.pub.pem")).thumbprint());
  point.y[31] ^= 1;
  EXPECT_EQ(error_of([&] { (void)PublicKey::from_point(point); }), ErrorCode::kIntegrity);
  point.y.pop_back();
  EXPECT_TRUE(error_of([&] { (void)PublicKey::from_point(point); }));
  point.curve = "P-224";
  EXPECT_TRUE(error_of([&] { (void)PublicKey::from_point(point); }));
}

TEST(PrivateKey, AgreesOnTheSecretOfRfc7518) {
  const auto row = load_table("rfc/rfc7518-c.json");
  const PrivateKey alice = private_key(text(row.at("alice_ephemeral"), "pem"));
  const PrivateKey bob = private_key(text(row.at("bob"), "pem"));
  EXPECT_EQ(exposed(alice.agree(bob.public_key())), hex(row, "z_hex"));
  EXPECT_EQ(exposed(bob.agree(alice.public_key())), hex(row, "z_hex"));
}

TEST(PrivateKey, AgreesOnSecretsAsLongAsTheField) {
  for (const auto& [curve, size] : {std::pair{"P-256", 32U}, {"P-384", 48U}, {"P-521", 66U}}) {
    const PrivateKey one = PrivateKey::generate_ec(curve);
    const PrivateKey other = PrivateKey::generate_ec(curve);
    const SecretBytes shared = one.agree(other.public_key());
    EXPECT_EQ(shared.size(), size);
    EXPECT_EQ(exposed(shared), exposed(other.agree(one.public_key())));
    EXPECT_EQ(one.public_key().point().x.size(), size);
  }
}

TEST(PrivateKey, OpensOnlyWhatWasEncryptedForIt) {
  const PrivateKey key = private_key(read_vector("keys/rsa.pem"));
  const PrivateKey other = private_key(read_vector("keys/rsa2.pem"));
  for (const OaepHash hash : {OaepHash::kSha1, OaepHash::kSha256}) {
    const Bytes sealed = key.public_key().encrypt_oaep(as_bytes("message"), hash);
    const auto opened = key.decrypt_oaep(sealed, hash);
    ASSERT_TRUE(opened);
    EXPECT_EQ(as_text(opened->expose()), "message");
    EXPECT_FALSE(other.decrypt_oaep(sealed, hash));
    EXPECT_FALSE(key.decrypt_oaep(sealed, hash == OaepHash::kSha1 ? OaepHash::kSha256 : OaepHash::kSha1));
    EXPECT_FALSE(key.decrypt_oaep(ByteView(sealed).first(sealed.size() - 1), hash));
    EXPECT_FALSE(key.decrypt_oaep({}, hash));
  }
}

// `file` with the `size` bytes after `mark` being those of `other`.
std::string spliced(std::string file, const std::string& other, std::string_view mark, std::size_t size) {
  const std::size_t from = other.find(mark) + mark.size();
  return file.replace(file.find(mark) + mark.size(), size, other, from, size);
}

TEST(PrivateKey, SaysWhetherItsHalvesBelongTogether) {
  for (const char* name : {"keys/rsa.pem", "keys/p256.pem", "keys/p384.pem", "keys/p521.pem"})
    EXPECT_NO_THROW(private_key(read_vector(name)).check_halves()) << name;

  using namespace std::string_view_literals;
  const std::string rsa = der_of_pem(read_vector("keys/rsa.pem"));
  const std::string ec = der_of_pem(read_vector("keys/p256.pem"));
  const std::string other_ec =
      der_of_pem(std::string(as_text(PrivateKey::generate_ec("P-256").to_pem(nullptr).expose())));
  for (const std::string& mixed :
       {spliced(rsa, der_of_pem(read_vector("keys/rsa2.pem")), "\x02\x82\x01\x01\x00"sv, 256),  // the modulus
        spliced(ec, other_ec, "\x03\x42\x00\x04"sv, 64)}) {                                     // the point
    EXPECT_EQ(error_of([&] { private_key(mixed).check_halves(); }), ErrorCode::kRefused);
    EXPECT_EQ(error_of([&] { (void)list_key_file(as_bytes(mixed), nullptr); }), ErrorCode::kRefused);
  }
}

TEST(Pem, SplitsIntoBlocksAndLeavesOutTheRest) {
  const std::string text = read_vector("keys/p256-withparams.pem");
  const auto blocks = split_pem(text);
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].label, "EC PARAMETERS");
  EXPECT_EQ(blocks[1].label, "PRIVATE KEY");
  EXPECT_TRUE(split_pem("no key").empty());
}

// RFC 1421 headers that say nothing of encryption, with and without the empty line after them.
TEST(KeyFile, MayHaveHeaders) {
  for (const char* name : {"keys/rsa.pem", "keys/p256-sec1.pem"}) {
    const std::string plain = read_vector(name);
    for (const std::string headers : {"Comment: mine\n\n", "Comment: mine\n", "A: b\r\nC: d\r\n e\r\n\r\n"}) {
      std::string pem = plain;
      pem.insert(pem.find('\n') + 1, headers);
      EXPECT_TRUE(private_key(pem).public_key().same_as(private_key(plain).public_key())) << pem;
      EXPECT_FALSE(needs_passphrase(as_bytes(pem)));
    }
  }
  std::string pem = read_vector("keys/rsa.pub.pem");
  pem.insert(pem.find('\n') + 1, "Comment: mine\n\n");
  EXPECT_NO_THROW((void)public_key(pem));
}

TEST(KeyFile, SaysWhetherItNeedsAPassphrase) {
  for (const auto& row : load_table("keys.json")) {
    if (row.at("outcome") != "accept") continue;
    const std::string file = read_vector(text(row, "file"));
    EXPECT_EQ(needs_passphrase(as_bytes(file)), !row.at("passphrase").is_null()) << row.at("file");
  }
  for (const char* none : {"", "text", "-----BEGIN PRIVATE KEY-----\n*", "{"})
    EXPECT_FALSE(needs_passphrase(as_bytes(none)));
}

TEST(Pem, RefusesBlocksThatDoNotEndOrAreNotBase64) {
  for (const char* text : {"-----BEGIN X-----\nAAAA\n", "-----BEGIN X-----\nAAAA\n-----END Y-----\n",
                           "-----BEGIN X-----\nA*AA\n-----END X-----\n"}) {
    EXPECT_EQ(error_of([&] { (void)split_pem(text); }), ErrorCode::kUsage) << text;
  }
}

}  // namespace
}  // namespace imgcrypt
