#include "streamproc/keys.hpp"

#include "keys/key_file.hpp"
#include "keywrap/private_key_unwrapper.hpp"

namespace imgcrypt::streamproc {
namespace {

KeyUnwrappers keys_of_payload(const std::vector<PayloadKey>& payload_keys) {
  KeyUnwrappers keys;
  for (std::size_t i = 0; i < payload_keys.size(); ++i) {
    const PayloadKey& key = payload_keys[i];
    try {
      keys.push_back(std::make_unique<PrivateKeyUnwrapper>(
          "key " + std::to_string(i) + " of the payload",
          parse_private_key(key.file.expose(), key.passphrase ? &*key.passphrase : nullptr)));
    } catch (const Error&) {
      continue;  // of another kind, or meant for another scheme
    }
  }
  return keys;
}

}  // namespace

KeyUnwrappers keys_of(const Gathered& gathered) {
  KeyUnwrappers keys = keys_of_payload(gathered.payload_keys);
  for (auto& key : gathered.key_directory.unwrappers()) keys.push_back(std::move(key));
  for (auto& key : gathered.key_directory.device_unwrappers(gathered.providers))
    keys.push_back(std::move(key));
  keys.push_back(std::make_unique<ProviderUnwrapper>(gathered.providers, gathered.provider_parameters));
  return keys;
}

}  // namespace imgcrypt::streamproc
