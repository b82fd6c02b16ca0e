// The padding of every RSA-OAEP case of Wycheproof, after OpenSSL's bare RSA, as a token does it.
#include "keys/oaep.hpp"

#include "crypto/openssl.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace imgcrypt {
namespace {

using namespace test;

// nullopt for a number that is not smaller than the modulus.
std::optional<Bytes> bare_rsa(const std::string& key, const Bytes& ciphertext) {
  const openssl::Bio file(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
  const openssl::Key parsed(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
  const openssl::KeyContext context(EVP_PKEY_CTX_new(parsed.get(), nullptr));
  openssl::check(EVP_PKEY_decrypt_init(context.get()), "init");
  openssl::check(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING), "padding");
  Bytes message(static_cast<std::size_t>(EVP_PKEY_get_size(parsed.get())));
  std::size_t size = message.size();
  if (EVP_PKEY_decrypt(context.get(), message.data(), &size, ciphertext.data(), ciphertext.size()) <= 0)
    return std::nullopt;
  return message;
}

struct PaddingCounts {
  int opened = 0;
  int refused = 0;
};

PaddingCounts run_padding(const std::string& file, OaepHash hash) {
  PaddingCounts counts;
  for (const Table& group : load_rows("wycheproof/" + file, "testGroups")) {
    for (const Table& row : group.at("tests")) {
      SCOPED_TRACE(row.at("tcId").dump());
      const Bytes label = hex(row, "label");
      const auto encoded = bare_rsa(text(group, "privateKeyPem"), hex(row, "ct"));
      const auto message = encoded ? remove_oaep(*encoded, hash, as_text(label)) : std::nullopt;
      ++(message ? counts.opened : counts.refused);
      EXPECT_EQ(message.has_value(), row.at("result") != "invalid");
      EXPECT_EQ(message ? exposed(*message) : Bytes(), message ? hex(row, "msg") : Bytes());
    }
  }
  return counts;
}

TEST(Oaep, IsRemovedFromWhatIsValidAlone) {
  const PaddingCounts with_sha1 = run_padding("rsa_oaep_2048_sha1_mgf1sha1_test.json", OaepHash::kSha1);
  EXPECT_EQ(with_sha1.opened, 17);
  EXPECT_EQ(with_sha1.refused, 19);
  for (const char* file :
       {"rsa_oaep_2048_sha256_mgf1sha256_test.json", "rsa_oaep_3072_sha256_mgf1sha256_test.json"}) {
    const PaddingCounts with_sha256 = run_padding(file, OaepHash::kSha256);
    EXPECT_EQ(with_sha256.opened, 18);
    EXPECT_EQ(with_sha256.refused, 19);
  }
}

TEST(Oaep, IsRefusedInAnyLength) {
  for (std::size_t size = 0; size < 70; ++size) EXPECT_FALSE(remove_oaep(Bytes(size), OaepHash::kSha256));
}

}  // namespace
}  // namespace imgcrypt
