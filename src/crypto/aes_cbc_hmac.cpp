#include "crypto/aes_cbc_hmac.hpp"

#include "crypto/cbc.hpp"
#include "crypto/openssl.hpp"

#include <array>

namespace imgcrypt {
namespace {

constexpr std::size_t kBlock = 16;

struct Variant {
  std::size_t key_size;
  const char* hash;
  BlockCipher cipher;
};

// RFC 7518 sections 5.2.3 to 5.2.5.
constexpr std::array kVariants = {Variant{32, "SHA256", BlockCipher::kAes128},
                                  Variant{48, "SHA384", BlockCipher::kAes192},
                                  Variant{64, "SHA512", BlockCipher::kAes256}};

const Variant& variant_for(const SecretBytes& key) {
  for (const Variant& variant : kVariants) {
    if (variant.key_size == key.size()) return variant;
  }
  openssl::fail("choosing AES-CBC with HMAC by key size");
}

// RFC 7518 section 5.2.2.1: HMAC over additional data, IV, ciphertext and the size of the additional data in
// bits. The tag is its first half, which has the size of the key's first half.
Bytes tag_of(const Variant& variant, ByteView key, ByteView iv, ByteView aad, ByteView ciphertext) {
  Bytes input = to_bytes(aad);
  input.insert(input.end(), iv.begin(), iv.end());
  input.insert(input.end(), ciphertext.begin(), ciphertext.end());
  const std::uint64_t bits = std::uint64_t{aad.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) input.push_back(static_cast<std::uint8_t>(bits >> shift));
  Bytes mac(EVP_MAX_MD_SIZE);
  std::size_t size = 0;
  openssl::check(EVP_Q_mac(nullptr, "HMAC", nullptr, variant.hash, nullptr, key.data(), key.size(),
                           input.data(), input.size(), mac.data(), mac.size(), &size) != nullptr,
                 "EVP_Q_mac");
  mac.resize(key.size());
  return mac;
}

}  // namespace

std::optional<SecretBytes> cbc_hmac_open(const SecretBytes& key, ByteView iv, ByteView aad,
                                         ByteView ciphertext, ByteView tag) {
  const Variant& variant = variant_for(key);
  const std::size_t half = variant.key_size / 2;
  if (iv.size() != kBlock) return std::nullopt;
  // The first half is the MAC's key, the second the cipher's (section 5.2.2.1).
  const Bytes expected = tag_of(variant, key.expose().first(half), iv, aad, ciphertext);
  if (!equal_constant_time(expected, tag)) return std::nullopt;
  return cbc_open(variant.cipher, SecretBytes::copy_of(key.expose().last(half)), iv, ciphertext);
}

}  // namespace imgcrypt
