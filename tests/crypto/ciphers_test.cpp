#include "crypto/aes_cbc_hmac.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/aes_gcm.hpp"
#include "crypto/aes_kw.hpp"
#include "crypto/concat_kdf.hpp"
#include "crypto/hash.hpp"
#include "crypto/mac.hpp"
#include "crypto/random.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

#include <array>

namespace imgcrypt {
namespace {

using namespace test;

Bytes mac_of(Mac mac, ByteView data) {
  mac.update(data);
  return mac.finish();
}

TEST(AesCtr, AgreesWithSp800_38a) {
  for (const auto& row : load_rows("rfc/sp800-38a-ctr.json", "cases")) {
    Bytes bytes = hex(row, "plaintext");
    AesCtr(secret(hex(row, "key")), hex(row, "counter")).apply(bytes);
    EXPECT_EQ(bytes, hex(row, "ciphertext"));
  }
}

TEST(AesCtr, GivesTheSameBytesInPiecesOfAnySize) {
  const SecretBytes key = random_secret(AesCtr::kKeySize);
  const Bytes nonce(AesCtr::kNonceSize, 0xff);
  Bytes whole(1000, 7);
  AesCtr(key, nonce).apply(whole);
  for (const std::size_t step : {1U, 15U, 16U, 17U, 333U}) {
    Bytes pieces(1000, 7);
    AesCtr cipher(key, nonce);
    for (std::size_t at = 0; at < pieces.size(); at += step) {
      cipher.apply(MutableByteView(pieces).subspan(at, std::min(step, pieces.size() - at)));
    }
    EXPECT_EQ(pieces, whole) << step;
  }
}

TEST(AesGcm, AgreesWithTheSubmissionToNist) {
  for (const auto& row : load_rows("rfc/gcm.json", "cases")) {
    SCOPED_TRACE(row.at("case"));
    const SecretBytes key = secret(hex(row, "key"));
    const GcmSealed sealed = gcm_seal(key, hex(row, "iv"), hex(row, "aad"), hex(row, "plaintext"));
    EXPECT_EQ(sealed.ciphertext, hex(row, "ciphertext"));
    EXPECT_EQ(sealed.tag, hex(row, "tag"));
    const auto opened = gcm_open(key, hex(row, "iv"), hex(row, "aad"), sealed.ciphertext, sealed.tag);
    ASSERT_TRUE(opened);
    EXPECT_EQ(exposed(*opened), hex(row, "plaintext"));
  }
}

TEST(AesGcm, OpensNothingThatWasChanged) {
  const SecretBytes key = random_secret(32);
  const Bytes nonce = random_bytes(kGcmNonceSize);
  const GcmSealed sealed = gcm_seal(key, nonce, as_bytes("aad"), as_bytes("text"));
  GcmSealed changed = sealed;
  changed.ciphertext[0] ^= 1;
  EXPECT_FALSE(gcm_open(key, nonce, as_bytes("aad"), changed.ciphertext, sealed.tag));
  changed.tag[15] ^= 1;
  EXPECT_FALSE(gcm_open(key, nonce, as_bytes("aad"), sealed.ciphertext, changed.tag));
  EXPECT_FALSE(gcm_open(key, nonce, as_bytes("AAD"), sealed.ciphertext, sealed.tag));
  EXPECT_FALSE(gcm_open(random_secret(32), nonce, as_bytes("aad"), sealed.ciphertext, sealed.tag));
}

TEST(AesGcm, OpensNothingWithTagOrNonceOfAnotherSize) {
  const SecretBytes key = random_secret(32);
  const Bytes nonce = random_bytes(kGcmNonceSize);
  const GcmSealed sealed = gcm_seal(key, nonce, {}, as_bytes("text"));
  for (std::size_t size = 0; size < kGcmTagSize; ++size) {
    EXPECT_FALSE(gcm_open(key, nonce, {}, sealed.ciphertext, ByteView(sealed.tag).first(size))) << size;
  }
  Bytes longer = sealed.tag;
  longer.push_back(0);
  EXPECT_FALSE(gcm_open(key, nonce, {}, sealed.ciphertext, longer));
  EXPECT_FALSE(gcm_open(key, {}, {}, sealed.ciphertext, sealed.tag));
  EXPECT_FALSE(gcm_open(key, ByteView(nonce).first(11), {}, sealed.ciphertext, sealed.tag));
}

TEST(AesCbcHmac, AgreesWithRfc7518AndOpensNothingThatWasChanged) {
  for (const auto& row : load_rows("rfc/rfc7518-b.json", "cases")) {
    SCOPED_TRACE(row.at("enc"));
    const SecretBytes key = secret(hex(row, "key"));
    std::array parts = {hex(row, "iv"), hex(row, "aad"), hex(row, "ciphertext"), hex(row, "tag")};
    const auto open = [&] { return cbc_hmac_open(key, parts[0], parts[1], parts[2], parts[3]); };
    const auto plaintext = open();
    ASSERT_TRUE(plaintext);
    EXPECT_EQ(exposed(*plaintext), hex(row, "plaintext"));
    for (Bytes& part : parts) {
      for (std::uint8_t& byte : part) {
        byte ^= 1U;
        EXPECT_FALSE(open());
        byte ^= 1U;
      }
      const Bytes whole = part;
      part.pop_back();
      EXPECT_FALSE(open());
      part = whole;
    }
  }
}

TEST(AesKeyWrap, AgreesWithRfc3394) {
  for (const auto& row : load_rows("rfc/rfc3394.json", "cases")) {
    SCOPED_TRACE(row.at("section"));
    const SecretBytes wrapping_key = secret(hex(row, "kek"));
    EXPECT_EQ(aes_kw_wrap(wrapping_key, secret(hex(row, "key"))), hex(row, "wrapped"));
    const auto key = aes_kw_unwrap(wrapping_key, hex(row, "wrapped"));
    ASSERT_TRUE(key);
    EXPECT_EQ(exposed(*key), hex(row, "key"));
  }
}

TEST(AesKeyWrap, OpensNothingChangedOrOfAnotherSize) {
  const SecretBytes wrapping_key = random_secret(32);
  const Bytes wrapped = aes_kw_wrap(wrapping_key, random_secret(32));
  for (std::size_t at = 0; at < wrapped.size(); ++at) {
    Bytes changed = wrapped;
    changed[at] ^= 0x80;
    EXPECT_FALSE(aes_kw_unwrap(wrapping_key, changed)) << at;
  }
  for (std::size_t size = 0; size < wrapped.size(); ++size) {
    EXPECT_FALSE(aes_kw_unwrap(wrapping_key, ByteView(wrapped).first(size))) << size;
  }
}

TEST(Hmac, AgreesWithRfc4231) {
  for (const auto& row : load_rows("rfc/rfc4231.json", "cases")) {
    SCOPED_TRACE(row.at("case"));
    const Bytes expected = hex(row, "hmac_sha256");
    Bytes hmac = mac_of(hmac_sha256(secret(hex(row, "key"))), hex(row, "data"));
    ASSERT_EQ(hmac.size(), kHmacSha256Size);
    hmac.resize(expected.size());
    EXPECT_EQ(hmac, expected);
  }
}

TEST(Poly1305, AgreesWithRfc8439) {
  const auto row = load_table("rfc/rfc8439-2.5.2.json");
  EXPECT_EQ(mac_of(poly1305(secret(hex(row, "key"))), as_bytes(text(row, "message"))), hex(row, "tag"));
}

TEST(Mac, CopiesGoOnFromWhatTheyHaveSeen) {
  const SecretBytes key = random_secret(kPoly1305KeySize);
  for (Mac mac : {hmac_sha256(key), poly1305(key)}) {
    mac.update(as_bytes("seen by both, "));
    Mac copy = mac;
    copy.update(as_bytes("by one"));
    mac.update(as_bytes("by one"));
    EXPECT_EQ(copy.finish(), mac.finish());
  }
}

TEST(ConcatKdf, AgreesWithRfc7518) {
  const auto row = load_table("rfc/rfc7518-c.json");
  const SecretBytes derived = concat_kdf(secret(hex(row, "z_hex")), hex(row, "other_info_hex"), 16);
  EXPECT_EQ(exposed(derived), hex(row, "derived_key_hex"));
}

TEST(Hasher, KnowsTheHashesOfNothing) {
  EXPECT_EQ(encode_hex(Hasher(HashAlgorithm::kSha256).finish()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hasher(HashAlgorithm::kSha512).finish().size(), hash_size(HashAlgorithm::kSha512));
}

TEST(Random, NeverRepeats) {
  EXPECT_NE(random_bytes(16), random_bytes(16));
  EXPECT_NE(exposed(random_secret(32)), exposed(random_secret(32)));
}

}  // namespace
}  // namespace imgcrypt
