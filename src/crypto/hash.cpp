#include "crypto/hash.hpp"

#include "crypto/openssl.hpp"

namespace imgcrypt {

struct Hasher::State {
  openssl::DigestContext context;
};

std::size_t hash_size(HashAlgorithm algorithm) noexcept {
  return algorithm == HashAlgorithm::kSha256 ? 32 : 64;
}

Hasher::Hasher(HashAlgorithm algorithm)
    : state_(std::make_unique<State>(
          openssl::DigestContext(openssl::check(EVP_MD_CTX_new(), "EVP_MD_CTX_new")))) {
  const EVP_MD* type = algorithm == HashAlgorithm::kSha256 ? EVP_sha256() : EVP_sha512();
  openssl::check(EVP_DigestInit_ex(state_->context.get(), type, nullptr), "EVP_DigestInit_ex");
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(ByteView bytes) {
  openssl::check(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()), "EVP_DigestUpdate");
}

Bytes Hasher::finish() {
  Bytes digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  openssl::check(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size), "EVP_DigestFinal_ex");
  digest.resize(size);
  return digest;
}

}  // namespace imgcrypt
