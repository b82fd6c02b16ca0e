#include "keys/key_file.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

PrivateKey key_named(const std::string& name) {
  return parse_private_key(as_bytes(read_vector("keys/" + name)), nullptr);
}

TEST(RsaPkcs1, DecryptsWhatWasEncrypted) {
  for (const char* name : {"rsa.pem", "rsa3072.pem"}) {
    const PrivateKey key = key_named(name);
    const std::size_t most = static_cast<std::size_t>(key.public_key().bits()) / 8 - 11;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16}, std::size_t{32}, most}) {
      const Bytes message(size, 0x5a);
      EXPECT_EQ(exposed(key.decrypt_pkcs1(key.public_key().encrypt_pkcs1(message), size)), message);
    }
  }
}

TEST(RsaPkcs1, GivesOtherRandomBytesEachTimeForWhatDoesNotFit) {
  const PrivateKey key = key_named("rsa.pem");
  const Bytes message(16, 0x5a);
  const Bytes right = key.public_key().encrypt_pkcs1(message);
  Bytes longer = right;
  longer.push_back(0);
  Bytes damaged = right;
  damaged[100] ^= 1;
  const Bytes oaep = key.public_key().encrypt_oaep(message, OaepHash::kSha1);
  const Bytes of_15 = key.public_key().encrypt_pkcs1(Bytes(15, 0x5a));
  const Bytes of_17 = key.public_key().encrypt_pkcs1(Bytes(17, 0x5a));
  const Bytes other_key = key_named("rsa2.pem").public_key().encrypt_pkcs1(message);
  for (const Bytes& ciphertext :
       {Bytes{}, Bytes(256), Bytes(256, 0xff), Bytes(right.begin(), right.end() - 1), longer, damaged, oaep,
        of_15, of_17, other_key}) {
    const Bytes first = exposed(key.decrypt_pkcs1(ciphertext, 16));
    const Bytes second = exposed(key.decrypt_pkcs1(ciphertext, 16));
    EXPECT_EQ(first.size(), 16U);
    EXPECT_NE(first, message);
    EXPECT_NE(first, second);
  }
  EXPECT_EQ(key.decrypt_pkcs1(right, 300).size(), 300U);
}

TEST(RsaPkcs1, RefusesACiphertextThatIsShorterThanTheModulus) {
  const PrivateKey key = key_named("rsa.pem");
  const Bytes message(16, 0x5a);
  Bytes ciphertext;
  do ciphertext = key.public_key().encrypt_pkcs1(message);
  while (ciphertext[0] != 0);
  EXPECT_EQ(exposed(key.decrypt_pkcs1(ciphertext, 16)), message);
  EXPECT_NE(exposed(key.decrypt_pkcs1(ByteView(ciphertext).subspan(1), 16)), message);
}

}  // namespace
}  // namespace imgcrypt
