// The provider: opens keys that a TPM 2.0 holds, by handle or by file. It wraps nothing: senders encrypt for
// the key's public half. One thread.
#pragma once

#include "keyprovider/device_provider.hpp"
#include "keyprovider/tpm2/new_key.hpp"
#include "keyprovider/tpm2/tpm_key.hpp"
#include "keys/key_pair_files.hpp"

#include <memory>
#include <string>

namespace imgcrypt::keyprovider::tpm2 {

class Tpm2Provider final : public DeviceProvider {
 public:
  // `tcti` as Tpm's. Connects when the first key is opened.
  explicit Tpm2Provider(std::string tcti) : tcti_(std::move(tcti)) {}

  // Both throw kUsage, with what to do instead.
  Bytes wrap(const std::vector<std::string>& parameters, const SecretBytes& options) override;
  SecretBytes unwrap(const std::vector<std::string>& parameters, ByteView packet) override;
  // `key` is a persistent handle, "0x81" and six hexadecimal digits, or a TSS2 private key file. Throws
  // kUsage for what is neither; as Tpm and TpmKey.
  PrivateKey open_key(const std::string& key, const SecretBytes* passphrase) override;
  [[nodiscard]] bool needs_passphrase(const std::string& key) override;

 private:
  std::string tcti_;
  TpmAccess access_;
};

// Makes a key: `file` and `file`.pub. Returns the public half in PEM. Throws as make_key and write_key_pair.
std::string write_new_key(const std::string& tcti, const std::string& file, NewKeyKind kind,
                          const SecretBytes* auth, IfPresent if_present);

}  // namespace imgcrypt::keyprovider::tpm2
