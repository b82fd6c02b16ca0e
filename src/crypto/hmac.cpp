#include "crypto/hmac.hpp"

#include "crypto/openssl.hpp"

#include <array>

namespace imgcrypt {

struct HmacSha256::State {
  openssl::MacContext context;
};

HmacSha256::HmacSha256(const SecretBytes& key) : state_(std::make_unique<State>()) {
  const openssl::Mac mac(openssl::check(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "EVP_MAC_fetch"));
  state_->context.reset(openssl::check(EVP_MAC_CTX_new(mac.get()), "EVP_MAC_CTX_new"));
  char digest[] = "SHA256";
  const std::array params = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                             OSSL_PARAM_construct_end()};
  const ByteView bytes = key.expose();
  openssl::check(EVP_MAC_init(state_->context.get(), bytes.data(), bytes.size(), params.data()),
                 "EVP_MAC_init");
}

HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;
HmacSha256::~HmacSha256() = default;

void HmacSha256::update(ByteView bytes) {
  openssl::check(EVP_MAC_update(state_->context.get(), bytes.data(), bytes.size()), "EVP_MAC_update");
}

Bytes HmacSha256::finish() {
  Bytes mac(kSize);
  std::size_t size = 0;
  openssl::check(EVP_MAC_final(state_->context.get(), mac.data(), &size, mac.size()), "EVP_MAC_final");
  return mac;
}

}  // namespace imgcrypt
