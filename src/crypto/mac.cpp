#include "crypto/mac.hpp"

#include "crypto/openssl.hpp"

#include <array>
#include <utility>

namespace imgcrypt {

struct Mac::State {
  openssl::MacContext context;
};

namespace {

openssl::MacContext start_mac(const char* name, const SecretBytes& key, const OSSL_PARAM* params) {
  const openssl::Mac mac(openssl::check(EVP_MAC_fetch(nullptr, name, nullptr), "EVP_MAC_fetch"));
  // The context holds a reference to the algorithm, so `mac` may go.
  openssl::MacContext context(openssl::check(EVP_MAC_CTX_new(mac.get()), "EVP_MAC_CTX_new"));
  const ByteView bytes = key.expose();
  openssl::check(EVP_MAC_init(context.get(), bytes.data(), bytes.size(), params), "EVP_MAC_init");
  return context;
}

}  // namespace

Mac::Mac(std::unique_ptr<State> state) : state_(std::move(state)) {}

Mac::Mac(const Mac& other) : RunningHash(other), state_(std::make_unique<State>()) {
  state_->context.reset(openssl::check(EVP_MAC_CTX_dup(other.state_->context.get()), "EVP_MAC_CTX_dup"));
}

Mac& Mac::operator=(const Mac& other) { return *this = Mac(other); }

Mac::Mac(Mac&&) noexcept = default;
Mac& Mac::operator=(Mac&&) noexcept = default;
Mac::~Mac() = default;

void Mac::update(ByteView bytes) {
  openssl::check(EVP_MAC_update(state_->context.get(), bytes.data(), bytes.size()), "EVP_MAC_update");
}

Bytes Mac::finish() {
  Bytes code(EVP_MAC_CTX_get_mac_size(state_->context.get()));
  std::size_t size = 0;
  openssl::check(EVP_MAC_final(state_->context.get(), code.data(), &size, code.size()), "EVP_MAC_final");
  return code;
}

Mac hmac_sha256(const SecretBytes& key) {
  char digest[] = "SHA256";
  const std::array params = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                             OSSL_PARAM_construct_end()};
  return Mac(std::make_unique<Mac::State>(start_mac("HMAC", key, params.data())));
}

Mac poly1305(const SecretBytes& key) {
  return Mac(std::make_unique<Mac::State>(start_mac("POLY1305", key, nullptr)));
}

}  // namespace imgcrypt
