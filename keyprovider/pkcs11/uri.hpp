// The URI of a key in a token (RFC 7512), by p11-kit. One thread.
#pragma once

#include "base/secret_bytes.hpp"

#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt::keyprovider::pkcs11 {

// A text in PKCS#11's structures, fit for messages: padded with blanks, or with zeros where p11-kit has none.
template <std::size_t size>
std::string token_text(const unsigned char (&field)[size]) {
  const std::string text(reinterpret_cast<const char*>(field), size);
  return printable(text.substr(0, text.find_last_not_of(std::string(" \0", 2)) + 1));
}

// What it says of token and object is compared by p11-kit; attributes that are not of the RFC count for
// nothing.
class Uri {
 public:
  // With "pkcs11:" or without. Throws kUsage for what is not such a URI, has an attribute twice, a PIN in two
  // ways, or does not name one object of one token.
  explicit Uri(std::string_view text);

  // Without the query, fit for messages: "pkcs11:token=one;object=key".
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  // "label", "label of serial number 7" or "slot-id 3", for messages.
  [[nodiscard]] std::string token_name() const;
  [[nodiscard]] std::string module_name() const;  // empty: not given
  [[nodiscard]] std::string module_path() const;
  [[nodiscard]] bool fits(CK_SLOT_ID slot, const CK_TOKEN_INFO& token) const;
  // CKA_ID or CKA_LABEL; null: not given.
  [[nodiscard]] CK_ATTRIBUTE* attribute(CK_ATTRIBUTE_TYPE type) const;
  // Of `pin-value`, or of the file that `pin-source` names, without a line end. nullopt: neither is given.
  // Throws kUsage if the file cannot be read.
  [[nodiscard]] std::optional<SecretBytes> pin() const;

 private:
  struct Free {
    void operator()(P11KitUri* uri) const noexcept { ::p11_kit_uri_free(uri); }
  };
  std::string name_;
  std::unique_ptr<P11KitUri, Free> uri_;
  std::optional<SecretBytes> pin_;
};

}  // namespace imgcrypt::keyprovider::pkcs11
