// Messages are opened here: with secret keys of files, in a home directory of their own, or with those of the
// user's own agent. One thread.
#pragma once

#include "keyprovider/pgp/gpgme.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider::pgp {

// What came of trying to open a message with keys of files.
struct Opening {
  std::optional<SecretBytes> options;  // at most kMostPrivateOptionsBytes
  std::vector<std::string> locked;     // why keys were of no use: the passphrase is missing or wrong
};

// nullopt: it is for other keys. Throws kUsage if there is no keyring; kNoKey if the user does not know the
// passphrase; kIntegrity for a message that a key
// fits and that is damaged, kRefused for too long a content, kProvider if GnuPG cannot do its work, e.g. as
// the user's agent cannot be started or cannot ask for the passphrase; kCancelled.
[[nodiscard]] std::optional<SecretBytes> decrypt_with_own_keys(ByteView message);

// A home directory with an agent, and the keys of files in it. Removed when it is destroyed.
class SecretKeys {
 public:
  SecretKeys();
  ~SecretKeys();
  SecretKeys(const SecretKeys&) = delete;
  SecretKeys& operator=(const SecretKeys&) = delete;

  // Throws kUsage, naming the file, if it has no secret key. `passphrase` may be null; it must outlive this.
  void add(const std::string& file, const SecretBytes* passphrase);
  // "FILE (0123456789ABCDEF, USER ID)", of each key.
  [[nodiscard]] const std::vector<std::string>& descriptions() const noexcept { return descriptions_; }
  // Throws as decrypt_with_own_keys. REQUIRES: called once.
  [[nodiscard]] Opening decrypt(ByteView message);

 private:
  class Home;
  std::unique_ptr<Home> home_;
  std::vector<std::string> descriptions_;
};

}  // namespace imgcrypt::keyprovider::pgp
