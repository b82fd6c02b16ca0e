// TSS2 private key files, which need no TPM.
#include "keyprovider/tpm2/key_file.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

using namespace test;

std::string read_theirs() { return read_vector("tpm2/openssl.pem"); }

TEST(Tpm2KeyFile, IsReadAsOpensslWritesIt) {
  const LoadableKey key = parse_key_file("text before it\n" + read_theirs());
  EXPECT_EQ(key.parent, TPM2_RH_OWNER);
  EXPECT_TRUE(key.has_empty_auth);
  EXPECT_EQ(key.public_part.publicArea.type, TPM2_ALG_ECC);
  EXPECT_EQ(key.public_part.publicArea.parameters.eccDetail.curveID, TPM2_ECC_NIST_P256);
}

TEST(Tpm2KeyFile, IsWrittenSoThatItIsReadAgain) {
  LoadableKey key = parse_key_file(read_theirs());
  const std::string text = format_key_file(key);
  EXPECT_EQ(format_key_file(parse_key_file(text)), text);
  key.has_empty_auth = false;
  key.parent = 0x81010001;
  const LoadableKey read = parse_key_file(format_key_file(key));
  EXPECT_FALSE(read.has_empty_auth);
  EXPECT_EQ(read.parent, 0x81010001);
}

TEST(Tpm2KeyFile, IsRefusedWhenItIsCutOrSomethingElse) {
  const std::string text = read_theirs();
  const std::size_t begin = text.find('\n') + 1;
  const std::string base64 = text.substr(begin, text.find("-----END") - begin);
  for (std::size_t size = 0; size + 4 < base64.size(); size += 4) {
    const std::string cut =
        text.substr(0, begin) + base64.substr(0, size) + "\n-----END TSS2 PRIVATE KEY-----\n";
    EXPECT_TRUE(error_of([&] { (void)parse_key_file(cut); })) << size;
  }
  for (const char* other : {"", "tpm2:0x81000001", "-----BEGIN TSS2 PRIVATE KEY-----\nMAA=\n"})
    EXPECT_EQ(error_of([&] { (void)parse_key_file(other); }), ErrorCode::kUsage) << other;
}

// Whatever a changed byte makes of it, nothing is read outside.
TEST(Tpm2KeyFile, SurvivesEveryChangedCharacter) {
  const std::string text = read_theirs();
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? '/' : 'A';
    (void)error_of([&] { (void)format_key_file(parse_key_file(changed)); });
  }
}

}  // namespace
}  // namespace imgcrypt::keyprovider::tpm2
