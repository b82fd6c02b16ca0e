// Somebody with a key. Tests of whole images encrypt for a Party, and let it decrypt.
#pragma once

#include "image/decrypt.hpp"
#include "keywrap/jwe/jwe.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "support/memory_store.hpp"
#include "support/reporter.hpp"

namespace imgcrypt::test {

class Party {
 public:
  [[nodiscard]] const PrivateKey& key() const { return key_; }

  [[nodiscard]] std::unique_ptr<KeyWrapper> wrapper() const {
    return std::make_unique<JweWrapper>(PublicJwk{key_.public_key(), {}, {}, {}});
  }
  // Only for this party.
  [[nodiscard]] KeyWrappers wrappers() const {
    KeyWrappers wrappers;
    wrappers.push_back(wrapper());
    return wrappers;
  }
  [[nodiscard]] KeyUnwrappers unwrappers() const {
    KeyUnwrappers unwrappers;
    unwrappers.push_back(std::make_unique<PrivateKeyUnwrapper>("key", key_));
    return unwrappers;
  }

  // Decrypts all layers; returns what the reporter was told.
  std::string decrypt(MemoryStore& encrypted, MemoryStore& back) const {
    KeepingReporter reporter;
    (void)decrypt_image(encrypted, back, unwrappers(), {.write = {.jobs = 2}}, reporter);
    return reporter.said;
  }

 private:
  PrivateKey key_ = PrivateKey::generate_ec("P-256");
};

}  // namespace imgcrypt::test
