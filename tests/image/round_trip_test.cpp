// Random images by seed: encrypted and decrypted again, every document and blob is what it was.
#include "image/decrypt.hpp"
#include "image/encrypt.hpp"
#include "image/inspect.hpp"
#include "keywrap/jwe/jwe.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "oci/media_types.hpp"
#include "support/memory_store.hpp"
#include "support/random_image.hpp"
#include "support/reporter.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::test {
namespace {

TEST(Images, ComeBackByteForByte) {
  const PrivateKey key = PrivateKey::generate_ec("P-256");
  KeyWrappers wrappers;
  wrappers.push_back(std::make_unique<JweWrapper>(PublicJwk{key.public_key(), {}, {}, {}}));
  KeyUnwrappers unwrappers;
  unwrappers.push_back(std::make_unique<PrivateKeyUnwrapper>("key", key));
  unsigned encrypted_images = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    MemoryStore plain;
    MemoryStore encrypted;
    MemoryStore back;
    KeepingReporter reporter;
    RandomImage(seed).build(plain);
    if (inspect_image(plain).totals.layers == 0) {
      EXPECT_EQ(
          error_of([&] { encrypt_image(plain, encrypted, wrappers, {.write = {.jobs = 2}}, reporter); }),
          ErrorCode::kRefused)
          << seed;
      continue;
    }
    ++encrypted_images;
    encrypt_image(plain, encrypted, wrappers, {.write = {.jobs = 2}}, reporter);
    EXPECT_NE(encrypted.root().descriptor.digest, plain.root().descriptor.digest) << seed;
    const DecryptResult result = decrypt_image(encrypted, back, unwrappers, {.write = {.jobs = 2}}, reporter);
    EXPECT_EQ(result.root->digest, plain.root().descriptor.digest) << seed;
    EXPECT_EQ(result.exactness, Exactness::kExact) << seed;
    EXPECT_EQ(back.blobs, plain.blobs) << seed;
    EXPECT_NE(reporter.said.find("exact: the result is identical"), std::string::npos) << seed;
  }
  EXPECT_GT(encrypted_images, 40U);
}

}  // namespace
}  // namespace imgcrypt::test
