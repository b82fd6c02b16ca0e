#include "keys/oaep.hpp"

#include "crypto/openssl.hpp"

#include <array>

namespace imgcrypt {
namespace {

// All ones if value is zero. The volatile keeps the optimizer from turning what follows into branches.
std::size_t mask_if_zero(std::size_t value) {
  const volatile std::size_t is_zero = ((value | (0 - value)) >> (sizeof(value) * 8 - 1)) ^ 1U;
  return 0 - is_zero;
}

const EVP_MD* digest_of(OaepHash hash) { return hash == OaepHash::kSha1 ? EVP_sha1() : EVP_sha256(); }

Bytes digest(ByteView bytes, const EVP_MD* type) {
  Bytes result(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  openssl::check(EVP_Digest(bytes.data(), bytes.size(), result.data(), &size, type, nullptr), "EVP_Digest");
  result.resize(size);
  return result;
}

// RFC 8017 appendix B.2.1, added to `bytes`.
void add_mgf1(ByteView seed, MutableByteView bytes, const EVP_MD* type) {
  SecretBytes block(seed.size() + 4);
  std::copy(seed.begin(), seed.end(), block.expose_mutable().begin());
  SecretBytes mask(static_cast<std::size_t>(EVP_MD_get_size(type)));
  for (std::size_t at = 0, counter = 0; at < bytes.size(); at += mask.size(), ++counter) {
    for (std::size_t i = 0; i < 4; ++i)
      block.expose_mutable()[seed.size() + i] = static_cast<std::uint8_t>(counter >> (8 * (3 - i)));
    openssl::check(
        EVP_Digest(block.expose().data(), block.size(), mask.expose_mutable().data(), nullptr, type, nullptr),
        "EVP_Digest");
    for (std::size_t i = 0; i < std::min(mask.size(), bytes.size() - at); ++i)
      bytes[at + i] ^= mask.expose()[i];
  }
}

}  // namespace

std::optional<SecretBytes> remove_oaep(ByteView encoded, OaepHash hash, std::string_view label) {
  const EVP_MD* const type = digest_of(hash);
  const Bytes label_hash = digest(as_bytes(label), type);
  if (encoded.size() < 2 * label_hash.size() + 2) return std::nullopt;
  SecretBytes copy = SecretBytes::copy_of(encoded);
  const MutableByteView seed = copy.expose_mutable().subspan(1, label_hash.size());
  const MutableByteView data = copy.expose_mutable().subspan(1 + label_hash.size());
  add_mgf1(data, seed, type);
  add_mgf1(seed, data, type);

  std::size_t fault = encoded[0];
  for (std::size_t i = 0; i < label_hash.size(); ++i) fault |= std::size_t{label_hash[i]} ^ data[i];
  // The first byte that is not zero must be 1; the message comes after it.
  std::size_t is_padding = ~std::size_t{0};
  std::size_t start = 0;
  for (std::size_t i = label_hash.size(); i < data.size(); ++i) {
    const std::size_t is_zero = mask_if_zero(data[i]);
    const std::size_t is_one = mask_if_zero(std::size_t{data[i]} ^ 1U);
    start |= is_padding & is_one & (i + 1);
    fault |= is_padding & ~is_zero & ~is_one;
    is_padding &= is_zero;
  }
  if ((fault | is_padding) != 0) return std::nullopt;
  return SecretBytes::copy_of(data.subspan(start));
}

}  // namespace imgcrypt
