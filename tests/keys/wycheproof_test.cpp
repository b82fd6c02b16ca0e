// Every case of the Wycheproof vectors. Each test counts the outcomes, so that no case is skipped unseen.
#include "crypto/aes_gcm.hpp"
#include "crypto/aes_kw.hpp"
#include "keys/key.hpp"
#include "keys/key_file.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace imgcrypt {
namespace {

using namespace test;

using Counts = std::map<std::string, int>;
using Opened = std::optional<SecretBytes>;

template <typename Run>
Counts count_outcomes(const std::string& file, Run run) {
  Counts counts;
  for (const Table& group : load_rows("wycheproof/" + file, "testGroups")) {
    for (const Table& row : group.at("tests")) {
      SCOPED_TRACE(file + " tcId " + row.at("tcId").dump());
      ++counts[run(group, row)];
    }
  }
  return counts;
}

bool is_valid(const Table& row) { return row.at("result") == "valid"; }

std::string judge(const Table& row, const Opened& opened, const char* expected) {
  if (!opened) {
    EXPECT_FALSE(is_valid(row));
    return row.at("result") == "acceptable" ? "acceptable, refused" : "refused";
  }
  EXPECT_NE(row.at("result"), "invalid");
  EXPECT_EQ(exposed(*opened), hex(row, expected));
  return "opened";
}

std::string judge_narrower(const Opened& opened, const char* rule) {
  EXPECT_FALSE(opened);
  return rule;
}

std::string run_gcm(const Table&, const Table& row) {
  const SecretBytes key = secret(hex(row, "key"));
  const Bytes nonce = hex(row, "iv");
  const Bytes aad = hex(row, "aad");
  const auto seal = [&] { return gcm_seal(key, nonce, aad, hex(row, "msg")); };
  const Opened opened = gcm_open(key, nonce, aad, hex(row, "ct"), hex(row, "tag"));
  if (nonce.size() != kGcmNonceSize) {
    EXPECT_EQ(error_of([&] { (void)seal(); }), ErrorCode::kOther);
    return judge_narrower(opened, "nonce of another size");
  }
  const GcmSealed sealed = seal();
  EXPECT_EQ(sealed.ciphertext, hex(row, "ct"));
  EXPECT_EQ(sealed.tag == hex(row, "tag"), is_valid(row));
  return judge(row, opened, "msg");
}

std::string run_kw(const Table&, const Table& row) {
  const SecretBytes wrapping_key = secret(hex(row, "key"));
  const Bytes key = hex(row, "msg");
  std::optional<Bytes> wrapped;
  const auto error = error_of([&] { wrapped = aes_kw_wrap(wrapping_key, secret(key)); });
  EXPECT_EQ(wrapped == hex(row, "ct"), is_valid(row));
  const bool may_be_wrapped = key.size() >= 16 && key.size() % 8 == 0;
  EXPECT_TRUE(may_be_wrapped || error == ErrorCode::kOther) << key.size();
  return judge(row, aes_kw_unwrap(wrapping_key, hex(row, "ct")), "msg");
}

PrivateKey rsa_key(const Table& group) {
  return parse_private_key(as_bytes(text(group, "privateKeyPem")), nullptr);
}

std::string run_oaep(const Table& group, const Table& row) {
  EXPECT_EQ(group.at("sha"), group.at("mgfSha"));
  const OaepHash hash = group.at("sha") == "SHA-1" ? OaepHash::kSha1 : OaepHash::kSha256;
  const Opened opened = rsa_key(group).decrypt_oaep(hex(row, "ct"), hash);
  return hex(row, "label").empty() ? judge(row, opened, "msg") : judge_narrower(opened, "label");
}

// decrypt_pkcs1 tells no failure: it gives random bytes instead, never the same ones again.
void expect_random(const PrivateKey& key, ByteView ciphertext, std::size_t size) {
  const SecretBytes once = key.decrypt_pkcs1(ciphertext, size);
  EXPECT_EQ(once.size(), size);
  EXPECT_NE(exposed(once), exposed(key.decrypt_pkcs1(ciphertext, size))) << size;
}

std::string run_pkcs1(const Table& group, const Table& row) {
  const PrivateKey key = rsa_key(group);
  const Bytes ciphertext = hex(row, "ct");
  const Bytes message = hex(row, "msg");
  if (!is_valid(row)) {
    // Behind the wrong paddings a lax reader finds the message, or one that begins after an early zero byte.
    const std::size_t modulus = group.at("keySize").get<std::size_t>() / 8;
    for (const std::size_t size : {message.size(), modulus - 3, modulus - 4, modulus - 10}) {
      expect_random(key, ciphertext, size);
    }
    return "random";
  }
  EXPECT_EQ(exposed(key.decrypt_pkcs1(ciphertext, message.size())), message);
  if (row.at("flags").front() == "Normal") {  // of all sizes; the others are about arithmetic
    expect_random(key, ciphertext, message.size() + 16);
    // Fewer bytes may by chance be the same twice.
    if (message.size() > 8) expect_random(key, ciphertext, message.size() - 1);
  }
  return "opened";
}

// RFC 5915, without the public half. Every length here is below 128, and so one byte of DER.
PrivateKey ec_key(Bytes scalar, std::size_t field, const Bytes& object_id) {
  scalar.erase(scalar.begin(), std::ranges::find_if(scalar, [](std::uint8_t byte) { return byte != 0; }));
  scalar.insert(scalar.begin(), field - scalar.size(), 0);
  Bytes der = {0x30, 0, 0x02, 1, 1, 0x04, static_cast<std::uint8_t>(field)};
  der.insert(der.end(), scalar.begin(), scalar.end());
  der.insert(der.end(), {0xa0, static_cast<std::uint8_t>(object_id.size() + 2), 0x06,
                         static_cast<std::uint8_t>(object_id.size())});
  der.insert(der.end(), object_id.begin(), object_id.end());
  der[1] = static_cast<std::uint8_t>(der.size() - 2);
  return parse_private_key(
      as_bytes("-----BEGIN EC PRIVATE KEY-----\n" + encode_base64(der, Base64::kStandard) +
               "\n-----END EC PRIVATE KEY-----\n"),
      nullptr);
}

Opened agree(const PrivateKey& key, const EcPoint& point) {
  try {
    return key.agree(PublicKey::from_point(point));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
    return std::nullopt;
  }
}

Counts count_ecdh(const std::string& group, const std::string& curve, std::size_t field,
                  const Bytes& object_id) {
  std::map<std::string, PrivateKey> keys;  // few, and each costs more than an agreement
  const std::string file = "ecdh_" + group + "_ecpoint_test.json";
  return count_outcomes(file, [&](const Table&, const Table& row) -> std::string {
    const Bytes point = hex(row, "public");
    // Nothing of ours gives from_point another form.
    if (point.empty() || point.front() != 4) {
      EXPECT_FALSE(is_valid(row));
      return "not an uncompressed point";
    }
    auto key = keys.find(text(row, "private"));
    if (key == keys.end()) {
      key = keys.emplace(text(row, "private"), ec_key(hex(row, "private"), field, object_id)).first;
    }
    const auto half = point.begin() + 1 + static_cast<std::ptrdiff_t>(point.size() / 2);
    return judge(row, agree(key->second, {curve, {point.begin() + 1, half}, {half, point.end()}}), "shared");
  });
}

TEST(Wycheproof, AesGcm) {
  EXPECT_EQ(count_outcomes("aes_gcm_test.json", run_gcm),
            (Counts{{"opened", 116}, {"refused", 81}, {"nonce of another size", 119}}));
}

TEST(Wycheproof, AesKeyWrap) {
  EXPECT_EQ(count_outcomes("aes_wrap_test.json", run_kw),
            (Counts{{"opened", 36}, {"refused", 126}, {"acceptable, refused", 3}}));
}

TEST(Wycheproof, RsaOaep) {
  EXPECT_EQ(count_outcomes("rsa_oaep_2048_sha1_mgf1sha1_test.json", run_oaep),
            (Counts{{"opened", 10}, {"refused", 19}, {"label", 7}}));
  const Counts with_sha256 = {{"opened", 10}, {"refused", 19}, {"label", 8}};
  EXPECT_EQ(count_outcomes("rsa_oaep_2048_sha256_mgf1sha256_test.json", run_oaep), with_sha256);
  EXPECT_EQ(count_outcomes("rsa_oaep_3072_sha256_mgf1sha256_test.json", run_oaep), with_sha256);
}

TEST(Wycheproof, RsaPkcs1) {
  EXPECT_EQ(count_outcomes("rsa_pkcs1_2048_test.json", run_pkcs1), (Counts{{"opened", 42}, {"random", 25}}));
  EXPECT_EQ(count_outcomes("rsa_pkcs1_4096_test.json", run_pkcs1), (Counts{{"opened", 41}, {"random", 26}}));
}

TEST(Wycheproof, EcdhOnP256) {
  EXPECT_EQ(count_ecdh("secp256r1", "P-256", 32, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}),
            (Counts{{"opened", 330}, {"refused", 16}, {"not an uncompressed point", 9}}));
}

TEST(Wycheproof, EcdhOnP384) {
  EXPECT_EQ(count_ecdh("secp384r1", "P-384", 48, {0x2b, 0x81, 0x04, 0x00, 0x22}),
            (Counts{{"opened", 771}, {"refused", 16}, {"not an uncompressed point", 3}}));
}

TEST(Wycheproof, EcdhOnP521) {
  EXPECT_EQ(count_ecdh("secp521r1", "P-521", 66, {0x2b, 0x81, 0x04, 0x00, 0x23}),
            (Counts{{"opened", 632}, {"refused", 16}, {"not an uncompressed point", 13}}));
}

}  // namespace
}  // namespace imgcrypt
