// A token with a session, and the keys in it. One thread.
#pragma once

#include "keyprovider/pkcs11/login.hpp"
#include "keyprovider/pkcs11/uri.hpp"
#include "keys/key.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::keyprovider::pkcs11 {

// Throws kProvider, "WHAT: what PKCS#11 says", unless it is a success; kCancelled after a signal.
void check(CK_RV status, const std::string& what);

class Token {
 public:
  // Opens a session. `login` is the token's and outlives this. Throws as check.
  Token(CK_FUNCTION_LIST* module, CK_SLOT_ID slot, std::string label, Login& login);
  ~Token();
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;

  // Throws as Login::ensure.
  void log_in(const SecretBytes* pin);

  // The one object of this class that the URI names. Throws kUsage if there is none or are several.
  [[nodiscard]] CK_OBJECT_HANDLE find(CK_OBJECT_CLASS type, const Uri& uri) const;
  // Of a public or private RSA key. Throws kUsage for another kind of key.
  [[nodiscard]] PublicKey public_key(CK_OBJECT_HANDLE key) const;
  // RFC 8017 section 7.1.2; nullopt if it is for another key. Throws kUsage if the key must not decrypt;
  // kProvider if the token fails. REQUIRES: logged in.
  [[nodiscard]] std::optional<SecretBytes> decrypt_oaep(CK_OBJECT_HANDLE key, ByteView encrypted,
                                                        OaepHash hash) const;

 private:
  [[nodiscard]] std::vector<CK_OBJECT_HANDLE> search(std::vector<CK_ATTRIBUTE> attributes) const;
  // Empty if the object lacks it.
  [[nodiscard]] Bytes attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
  [[nodiscard]] std::string describe(CK_OBJECT_HANDLE object) const;
  // What the token makes of it; nullopt: it does not have the mechanism. Empty bytes: it refuses.
  [[nodiscard]] std::optional<SecretBytes> decrypt(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism,
                                                   ByteView encrypted) const;

  CK_FUNCTION_LIST* module_;
  CK_SLOT_ID slot_;
  CK_SESSION_HANDLE session_ = 0;
  std::string label_;
  Login& login_;
};

}  // namespace imgcrypt::keyprovider::pkcs11
