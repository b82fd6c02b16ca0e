#include "keys/rsa_padding.hpp"

#include "crypto/random.hpp"

namespace imgcrypt {
namespace {

constexpr std::size_t kPkcs1Overhead = 11;  // 00 02, eight bytes of padding at least, 00

// All ones if value is not zero. The volatile keeps the optimizer from turning what follows into branches.
std::uint8_t mask_if_not_zero(std::uint8_t value) {
  const volatile std::uint32_t not_zero = (0U - std::uint32_t{value}) >> 31U;
  return static_cast<std::uint8_t>(0U - not_zero);
}

// Zero if and only if `encoded` is 00 02 PS 00 M with an M of `size` bytes, without branches on its bytes.
std::uint8_t pkcs1_fault(ByteView encoded, std::size_t size) {
  // The caller knows how long M is, so the separator has one place: no search whose time would tell.
  const std::size_t separator = encoded.size() - size - 1;
  auto fault = static_cast<std::uint8_t>(encoded[0] | (encoded[1] ^ 2U) | encoded[separator]);
  for (const std::uint8_t padding : encoded.subspan(2, separator - 2)) {
    fault |= static_cast<std::uint8_t>(~mask_if_not_zero(padding));
  }
  return fault;
}

}  // namespace

SecretBytes unpad_pkcs1(ByteView encoded, std::size_t size) {
  // Made in any case, before it is known whether it is needed: so the time is the same.
  SecretBytes message = random_secret(size);
  if (encoded.size() < size + kPkcs1Overhead) return message;
  const std::uint8_t is_wrong = mask_if_not_zero(pkcs1_fault(encoded, size));
  const ByteView found = encoded.last(size);
  const MutableByteView out = message.expose_mutable();
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::uint8_t>((out[i] & is_wrong) | (found[i] & ~is_wrong));
  }
  return message;
}

SecretBytes message_or_random(std::optional<SecretBytes> message, std::size_t size) {
  SecretBytes random = random_secret(size);
  return message && message->size() == size ? std::move(*message) : std::move(random);
}

}  // namespace imgcrypt
