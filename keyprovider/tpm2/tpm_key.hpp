// A private key that a TPM holds, as what it can do. Nothing of it stays loaded between two operations: the
// TPM has little room, and a program that is killed must leave none of it taken. For the sources of this
// folder; one thread.
#pragma once

#include "base/secret_bytes.hpp"
#include "keyprovider/tpm2/key_file.hpp"
#include "keyprovider/tpm2/public_area.hpp"
#include "keyprovider/tpm2/tpm_session.hpp"
#include "keyprovider/tpm2/tries.hpp"
#include "keys/key.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace imgcrypt::keyprovider::tpm2 {

// What all keys of one TPM share.
struct TpmAccess {
  std::shared_ptr<Tpm> tpm;
  std::shared_ptr<Tries> tries = std::make_shared<Tries>();
};

// A persistent handle with what the library knows of its key.
struct SavedHandle {
  Owned<std::uint8_t> bytes;
  std::size_t size = 0;
};

class TpmKey final : public PrivateOperations {
 public:
  // A key of a file. Loads it once, to see that this TPM can, and keeps it as the TPM encrypts it for itself.
  // `auth` is null when the user gave none: then a key that needs it only has its public half. Throws kUsage
  // if it is a key of another TPM; kProvider.
  TpmKey(const TpmAccess& access, const LoadableKey& file, const SecretBytes* auth);
  // A key at a persistent handle. Throws kUsage if there is none.
  TpmKey(const TpmAccess& access, TPM2_HANDLE handle, const SecretBytes* auth);
  // Throws as decryption_key_of.
  [[nodiscard]] PublicKey public_half() const { return decryption_key_of(public_); }

  // Throw kUsage if the key needs its authorization value; as Tries for an authorization value that is wrong,
  // or that should not be tried; also kRefused for what the key's own scheme does not allow, and for a label
  // that does not end with a zero byte, which a TPM takes for the end of the label (TPM 2.0 part 1 annex
  // B.4).
  [[nodiscard]] std::optional<SecretBytes> decrypt_oaep(ByteView ciphertext, OaepHash hash,
                                                        std::string_view label) const override;
  [[nodiscard]] SecretBytes decrypt_pkcs1(ByteView ciphertext, std::size_t size) const override;
  [[nodiscard]] SecretBytes agree(const PublicKey& peer) const override;

 private:
  using Operation = std::function<TSS2_RC(ESYS_TR key, ESYS_TR session)>;

  void load(const LoadableKey& file);
  void find(TPM2_HANDLE handle);
  // What the operation returns, in a session of its own. Throws when it is not about what was decrypted.
  TSS2_RC run(const Operation& operation) const;
  TSS2_RC run_with(ESYS_TR key, const Operation& operation) const;
  // nullopt: the TPM refuses the ciphertext. `scheme` is null where the key has one of its own.
  std::optional<SecretBytes> decrypt(ByteView ciphertext, const TPMT_RSA_DECRYPT& scheme,
                                     std::string_view label) const;
  [[nodiscard]] const TPMT_RSA_SCHEME& own_scheme() const noexcept;

  [[nodiscard]] AuthAttempt attempt() const noexcept;

  std::shared_ptr<Tpm> tpm_;
  std::shared_ptr<Tries> tries_;
  TpmAuth auth_;
  bool lacks_value_ = false;  // by the file: only its public half can be used
  // One of them: what remains valid when the connection ends.
  Owned<TPMS_CONTEXT> saved_;              // of a key of a file
  std::optional<SavedHandle> persistent_;  // of a key at a handle
  TPMT_PUBLIC public_{};
  std::string name_;  // as in AuthAttempt
  mutable bool is_value_right_ = false;
};

}  // namespace imgcrypt::keyprovider::tpm2
