#include "streamproc/keys.hpp"

#include "keys/key_file.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "keywrap/schemes.hpp"

#include <algorithm>

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

// Keys of a payload's parameter that are not used. Says so where one of them might have opened the layer.
class UnusedKeys final : public KeyUnwrapper {
 public:
  UnusedKeys(std::string parameter, std::string directory)
      : parameter_(std::move(parameter)), directory_(std::move(directory)) {}
  [[nodiscard]] bool reads(std::string_view annotation) const override {
    const Scheme* scheme = scheme_of(annotation);
    return scheme != nullptr &&
           std::ranges::find(scheme->parameter_names, parameter_) != scheme->parameter_names.end();
  }
  [[nodiscard]] std::string description() const override { return parameter_ + " of the payload"; }
  [[nodiscard]] std::string given() const override { return {}; }
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view, ByteView, Attempts&) const override {
    throw Error(ErrorCode::kNoKey, "not used; put such keys into files in " + directory_);
  }

 private:
  std::string parameter_;
  std::string directory_;
};

}  // namespace

KeyUnwrappers keys_of(const Gathered& gathered) {
  KeyUnwrappers keys = keys_of_payload(gathered.payload_keys);
  for (const std::string& parameter : gathered.unused_keys)
    keys.push_back(std::make_unique<UnusedKeys>(parameter, gathered.key_directory.path()));
  for (auto& key : gathered.key_directory.unwrappers()) keys.push_back(std::move(key));
  for (auto& key : gathered.key_directory.device_unwrappers(gathered.providers))
    keys.push_back(std::move(key));
  keys.push_back(std::make_unique<ProviderUnwrapper>(gathered.providers, gathered.provider_parameters));
  return keys;
}

}  // namespace imgcrypt::streamproc
