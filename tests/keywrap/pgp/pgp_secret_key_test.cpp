#include "keywrap/pgp/pgp_secret_key.hpp"

#include "base/text/encoding.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using test::read_vector;

bool is_locked(const std::string& file) { return is_locked_pgp_key(as_bytes(file)); }

std::string armored(const std::string& key) {
  const std::string digits = encode_base64(as_bytes(key), Base64::kStandard);
  std::string text = "-----BEGIN PGP PRIVATE KEY BLOCK-----\nComment: made by a test\n\n";
  for (std::size_t at = 0; at < digits.size(); at += 64) text += digits.substr(at, 64) + "\n";
  return text + "=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n";
}

TEST(PgpSecretKey, IsLockedByAPassphrase) {
  EXPECT_TRUE(is_locked(read_vector("keys/pgppw.sec")));
  for (const char* plain : {"keys/pgp1.sec", "keys/pgp2.sec", "keys/pgpecc.sec"})
    EXPECT_FALSE(is_locked(read_vector(plain))) << plain;
}

TEST(PgpSecretKey, MayHaveArmor) {
  const std::string locked = armored(read_vector("keys/pgppw.sec"));
  EXPECT_TRUE(is_locked(locked));
  EXPECT_TRUE(is_locked("# mine\n\n" + locked));
  EXPECT_FALSE(is_locked(armored(read_vector("keys/pgpecc.sec"))));
}

TEST(PgpSecretKey, IsOneOfSeveralInAFile) {
  EXPECT_TRUE(is_locked(read_vector("keys/pgpecc.sec") + read_vector("keys/pgppw.sec")));
}

TEST(PgpSecretKey, ThatCannotBeReadIsNotLocked) {
  const std::string locked = read_vector("keys/pgppw.sec");
  for (std::size_t size = 0; size < 100; ++size) EXPECT_FALSE(is_locked(locked.substr(0, size))) << size;
  EXPECT_FALSE(is_locked("-----BEGIN PGP PRIVATE KEY BLOCK-----"));
  EXPECT_FALSE(is_locked("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n****\n-----END"));
  EXPECT_FALSE(is_locked(read_vector("keys/rsa.pem")));
}

}  // namespace
}  // namespace imgcrypt
