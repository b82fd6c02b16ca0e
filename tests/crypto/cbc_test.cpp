#include "crypto/cbc.hpp"

#include "support/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace imgcrypt {
namespace {

using namespace test;

// NIST SP 800-38A, F.2.1: with another initialization vector the first block decrypts to any bytes wanted.
const Bytes kKey = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                    0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
const Bytes kCiphertext = {0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46,
                           0xce, 0xe9, 0x8e, 0x9b, 0x12, 0xe9, 0x19, 0x7d};
const Bytes kPlaintext = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96,
                          0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a};

std::optional<Bytes> open_to(const Bytes& wanted) {
  Bytes iv(16);
  for (std::size_t i = 0; i < iv.size(); ++i) {
    iv[i] = static_cast<std::uint8_t>(i ^ kPlaintext[i] ^ wanted[i]);
  }
  const auto opened = cbc_open(BlockCipher::kAes128, secret(kKey), iv, kCiphertext);
  return opened ? std::optional(exposed(*opened)) : std::nullopt;
}

TEST(CbcOpen, TakesEveryPaddingAndNoOther) {
  for (unsigned last = 0; last < 256; ++last) {
    const std::size_t count = std::min(last, 16U);
    Bytes block(16, 0xee);
    std::fill_n(block.rbegin(), std::max(count, std::size_t{1}), static_cast<std::uint8_t>(last));
    const bool is_right = last >= 1 && last <= 16;
    EXPECT_EQ(open_to(block), is_right ? std::optional(Bytes(16 - last, 0xee)) : std::nullopt) << last;
    if (!is_right) continue;
    for (std::size_t at = 16 - last; at < 15; ++at) {
      Bytes damaged = block;
      damaged[at] ^= 1;
      EXPECT_EQ(open_to(damaged), std::nullopt) << last << " " << at;
    }
  }
}

TEST(CbcOpen, RefusesLengthsThatAreNotWholeBlocks) {
  const Bytes iv(16);
  for (const std::size_t size : {0U, 1U, 15U}) {
    EXPECT_FALSE(cbc_open(BlockCipher::kAes128, secret(kKey), iv, ByteView(kCiphertext).first(size)));
  }
}

}  // namespace
}  // namespace imgcrypt
