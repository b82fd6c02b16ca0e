// Ownership and error checking for OpenSSL 3 (libcrypto), for sources only: no header but this one names
// OpenSSL. Its objects are owned by the unique_ptr types below and belong to one thread at a time.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>

#include <memory>

namespace imgcrypt::openssl {

// Frees with OpenSSL's function `Free`, which ignores null.
template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
// Numbers may be parts of private keys, so they are cleared when they are freed.
using BigNumber = std::unique_ptr<BIGNUM, Deleter<BN_clear_free>>;
using BigNumberContext = std::unique_ptr<BN_CTX, Deleter<BN_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Deleter<EVP_CIPHER_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using Kdf = std::unique_ptr<EVP_KDF, Deleter<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Deleter<EVP_KDF_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, Deleter<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Deleter<EVP_MAC_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;

// Throws kOther "OpenSSL: WHAT failed". Clears OpenSSL's error queue: it may describe secrets, and what is
// left in it would spoil the next call's.
[[noreturn]] void fail(const char* what);

// For functions that return 1 on success, and 0 or a negative number on failure. Fails as above.
inline void check(int status, const char* what) {
  if (status <= 0) fail(what);
}

// For functions that return null on failure. Returns the object, which the caller owns if OpenSSL says so.
template <typename T>
T* check(T* object, const char* what) {
  if (object == nullptr) fail(what);
  return object;
}

}  // namespace imgcrypt::openssl
