#include "crypto/lean_provider.hpp"

#include "crypto/openssl.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

// provider-base(7) describes the functions of a provider. Ours only passes on what it finds in OpenSSL's own,
// which lives in a library context of its own: within one context, OpenSSL would list the algorithms of both.
namespace imgcrypt {
namespace {

struct Offer {
  OSSL_PROVIDER* everything = nullptr;
  std::vector<OSSL_ALGORITHM> ciphers;
  std::vector<OSSL_ALGORITHM> hashes;
};

// Used until the process ends: OpenSSL has no place for it, because algorithms expect the context of their
// own provider.
Offer* offer = nullptr;

bool is_cipher_of_images(std::string_view name) {
  // Key files may be encrypted with any cipher in this mode.
  if (name.ends_with("-CBC")) return true;
  constexpr std::array<std::string_view, 7> kOfLayersAndKeys = {"AES-256-CTR", "AES-128-GCM",  "AES-192-GCM",
                                                                "AES-256-GCM", "AES-128-WRAP", "AES-192-WRAP",
                                                                "AES-256-WRAP"};
  return std::ranges::find(kOfLayersAndKeys, name) != kOfLayersAndKeys.end();
}

bool is_hash_of_images(std::string_view name) {
  return name == "MD5" || name == "SHA1" || name.starts_with("SHA2-");
}

// With the empty entry that ends a list. An algorithm has several names, with a colon between each two.
std::vector<OSSL_ALGORITHM> those_named(OSSL_PROVIDER* provider, int operation,
                                        bool (*is_wanted)(std::string_view)) {
  std::vector<OSSL_ALGORITHM> wanted;
  int may_change = 0;
  const OSSL_ALGORITHM* each = OSSL_PROVIDER_query_operation(provider, operation, &may_change);
  for (; each != nullptr && each->algorithm_names != nullptr; ++each) {
    const std::string_view names = each->algorithm_names;
    if (is_wanted(names.substr(0, names.find(':')))) wanted.push_back(*each);
  }
  wanted.push_back({});
  return wanted;
}

const OSSL_ALGORITHM* query(void* /*context*/, int operation, int* may_change) {
  *may_change = 0;
  if (operation == OSSL_OP_CIPHER) return offer->ciphers.data();
  if (operation == OSSL_OP_DIGEST) return offer->hashes.data();
  return OSSL_PROVIDER_query_operation(offer->everything, operation, may_change);
}

int start(const OSSL_CORE_HANDLE* /*core*/, const OSSL_DISPATCH* /*functions of the core*/,
          const OSSL_DISPATCH** functions, void** context) {
  static const std::array<OSSL_DISPATCH, 2> kFunctions = {
      {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(query)}, {}}};
  *functions = kFunctions.data();
  *context = OSSL_PROVIDER_get0_provider_ctx(offer->everything);
  return 1;
}

// The generator that OpenSSL would choose itself is made of a cipher, and so has all of them listed; hashes
// are needed anyway.
void make_random_bytes_of_hashes(OSSL_LIB_CTX* library) {
  openssl::check(RAND_set_DRBG_type(library, "HASH-DRBG", nullptr, nullptr, "SHA2-256"),
                 "RAND_set_DRBG_type");
}

}  // namespace

void load_lean_provider() {
  OSSL_LIB_CTX* library = openssl::check(OSSL_LIB_CTX_new(), "OSSL_LIB_CTX_new");
  OSSL_PROVIDER* everything = openssl::check(OSSL_PROVIDER_load(library, "default"), "OSSL_PROVIDER_load");
  offer = new Offer{everything, those_named(everything, OSSL_OP_CIPHER, is_cipher_of_images),
                    those_named(everything, OSSL_OP_DIGEST, is_hash_of_images)};
  openssl::check(OSSL_PROVIDER_add_builtin(nullptr, "lean", start), "OSSL_PROVIDER_add_builtin");
  openssl::check(OSSL_PROVIDER_load(nullptr, "lean"), "OSSL_PROVIDER_load");
  make_random_bytes_of_hashes(library);
  make_random_bytes_of_hashes(nullptr);
}

}  // namespace imgcrypt
