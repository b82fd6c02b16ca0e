#include "crypto/aes_ctr.hpp"

#include "crypto/openssl.hpp"

#include <algorithm>

namespace imgcrypt {

struct AesCtr::State {
  openssl::CipherContext context;
};

AesCtr::AesCtr(const SecretBytes& key, ByteView nonce)
    : state_(std::make_unique<State>(
          openssl::CipherContext(openssl::check(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new")))) {
  openssl::check(key.size() == kKeySize && nonce.size() == kNonceSize ? 1 : 0, "AES-256-CTR set-up");
  openssl::check(EVP_EncryptInit_ex(state_->context.get(), EVP_aes_256_ctr(), nullptr, key.expose().data(),
                                    nonce.data()),
                 "EVP_EncryptInit_ex");
}

AesCtr::AesCtr(AesCtr&&) noexcept = default;
AesCtr& AesCtr::operator=(AesCtr&&) noexcept = default;
AesCtr::~AesCtr() = default;

void AesCtr::apply(MutableByteView bytes) { apply(bytes, bytes); }

void AesCtr::apply(ByteView bytes, MutableByteView result) {
  constexpr std::size_t kMost = 1U << 30U;  // OpenSSL counts in int
  while (!bytes.empty()) {
    const ByteView part = bytes.first(std::min(bytes.size(), kMost));
    int size = 0;
    openssl::check(EVP_EncryptUpdate(state_->context.get(), result.data(), &size, part.data(),
                                     static_cast<int>(part.size())),
                   "EVP_EncryptUpdate");
    bytes = bytes.subspan(part.size());
    result = result.subspan(part.size());
  }
}

}  // namespace imgcrypt
