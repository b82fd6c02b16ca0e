#include "crypto/cbc.hpp"

#include "crypto/openssl.hpp"

namespace imgcrypt {
namespace {

const EVP_CIPHER* type_of(BlockCipher cipher) {
  switch (cipher) {
    case BlockCipher::kAes128:
      return EVP_aes_128_cbc();
    case BlockCipher::kAes192:
      return EVP_aes_192_cbc();
    case BlockCipher::kAes256:
      return EVP_aes_256_cbc();
    case BlockCipher::kTripleDes:
      return EVP_des_ede3_cbc();
  }
  openssl::fail("choosing a block cipher");
}

// All bits set if a < b, none otherwise, without a branch. REQUIRES: both are less than 2^31.
std::uint32_t mask_if_less(std::uint32_t a, std::uint32_t b) { return 0U - ((a - b) >> 31U); }

// Zero if and only if the last block ends with n bytes of value n, 1 <= n <= size of the block. It looks at
// the whole block whatever n is, so that the time does not depend on where the padding is wrong (Vaudenay's
// attack).
std::uint32_t padding_fault(ByteView last_block) {
  const std::uint32_t count = last_block.back();
  const auto block = static_cast<std::uint32_t>(last_block.size());
  std::uint32_t fault = mask_if_less(count, 1) | mask_if_less(block, count);
  for (std::uint32_t i = 0; i < block; ++i) {
    fault |= mask_if_less(i, count) & (last_block[block - 1 - i] ^ count);
  }
  return fault;
}

}  // namespace

std::optional<SecretBytes> cbc_open(BlockCipher cipher, const SecretBytes& key, ByteView iv,
                                    ByteView ciphertext) {
  const EVP_CIPHER* type = type_of(cipher);
  const auto block = static_cast<std::size_t>(EVP_CIPHER_get_block_size(type));
  openssl::check(
      key.size() == static_cast<std::size_t>(EVP_CIPHER_get_key_length(type)) && iv.size() == block,
      "CBC set-up");
  if (ciphertext.empty() || ciphertext.size() % block != 0) return std::nullopt;
  const openssl::CipherContext context(openssl::check(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new"));
  openssl::check(EVP_DecryptInit_ex(context.get(), type, nullptr, key.expose().data(), iv.data()),
                 "EVP_DecryptInit_ex");
  // Off: we check the padding ourselves, in constant time.
  openssl::check(EVP_CIPHER_CTX_set_padding(context.get(), 0), "EVP_CIPHER_CTX_set_padding");
  SecretBytes padded(ciphertext.size());
  int size = 0;
  openssl::check(EVP_DecryptUpdate(context.get(), padded.expose_mutable().data(), &size, ciphertext.data(),
                                   static_cast<int>(ciphertext.size())),
                 "EVP_DecryptUpdate");
  if (padding_fault(padded.expose().last(block)) != 0) return std::nullopt;
  padded.truncate(padded.size() - padded.expose().back());
  return padded;
}

}  // namespace imgcrypt
