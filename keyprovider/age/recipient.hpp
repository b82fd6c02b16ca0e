// What wraps the file key of an age file, and what unwraps it: one kind of key in each file of this folder.
// Immutable; safe in every thread.
#pragma once

#include "base/secret_bytes.hpp"
#include "keywrap/age/age_header.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider::age {

// A public key.
class Recipient {
 public:
  virtual ~Recipient() = default;
  // As it is written in files of recipients, without a comment. Equal for equal keys only.
  [[nodiscard]] virtual std::string text() const = 0;
  // REQUIRES: kFileKeySize bytes.
  [[nodiscard]] virtual AgeStanza wrap(const SecretBytes& file_key) const = 0;
};

// A private key.
class Identity {
 public:
  virtual ~Identity() = default;
  // Its public half; lives as long as this.
  [[nodiscard]] virtual const Recipient& recipient() const = 0;
  // The file key, kFileKeySize bytes; nullopt if the stanza is for another key. Throws kIntegrity if it is
  // for this kind of key but malformed, or names this very key and does not open.
  [[nodiscard]] virtual std::optional<SecretBytes> unwrap(const AgeStanza& stanza) const = 0;
};

using Recipients = std::vector<std::unique_ptr<Recipient>>;
using Identities = std::vector<std::unique_ptr<Identity>>;

}  // namespace imgcrypt::keyprovider::age
