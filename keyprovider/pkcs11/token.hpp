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

  // Whether logging in takes a PIN that somebody must give.
  [[nodiscard]] bool needs_pin() const { return login_.needs_pin(place()); }
  // `pin` must outlive the operations that follow, of which each may need it again. Throws as Login::ensure.
  void log_in(const SecretBytes* pin);

  // The one object of this class that the URI names. Throws kUsage if there is none or are several.
  [[nodiscard]] CK_OBJECT_HANDLE find(CK_OBJECT_CLASS type, const Uri& uri) const;
  // Of a public key object. Throws kUsage for a key that is neither RSA nor on a curve that we have.
  [[nodiscard]] PublicKey public_key(CK_OBJECT_HANDLE key) const;
  // Of a private key object. An EC one mostly has only its curve; the point is then that of the public key or
  // the certificate beside it. Throws kUsage if there is neither.
  [[nodiscard]] PublicKey public_half(CK_OBJECT_HANDLE key, const Uri& uri) const;

  // As PrivateOperations; they throw kRefused if the key has not the attribute that the operation needs,
  // kProvider if the token fails or lacks it. REQUIRES: logged in.
  [[nodiscard]] std::optional<SecretBytes> decrypt_oaep(CK_OBJECT_HANDLE key, ByteView encrypted,
                                                        OaepHash hash, std::string_view label) const;
  [[nodiscard]] SecretBytes decrypt_pkcs1(CK_OBJECT_HANDLE key, ByteView encrypted, std::size_t size) const;
  [[nodiscard]] SecretBytes agree(CK_OBJECT_HANDLE key, const EcPoint& peer) const;

 private:
  [[nodiscard]] std::vector<CK_OBJECT_HANDLE> search(std::vector<CK_ATTRIBUTE> attributes) const;
  // What belongs to a private key: by the URI's attributes, else by the key's own id.
  [[nodiscard]] std::optional<CK_OBJECT_HANDLE> beside(CK_OBJECT_HANDLE key, CK_OBJECT_CLASS type,
                                                       const Uri& uri) const;
  [[nodiscard]] LoginPlace place() const { return {module_, slot_, session_, label_}; }
  // Once an operation has begun: logs in again if the key wants that each time.
  void confirm_use(CK_OBJECT_HANDLE key) const;
  // Empty if the object lacks it.
  [[nodiscard]] Bytes attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const;
  [[nodiscard]] std::string describe(CK_OBJECT_HANDLE object) const;
  [[noreturn]] void fail_for_use(CK_OBJECT_HANDLE key, const std::string& use, const char* attribute) const;

  // What the token makes of a ciphertext.
  struct Decryption {
    bool has_mechanism = true;
    std::optional<SecretBytes> message = std::nullopt;  // nullopt: it refuses
  };
  [[nodiscard]] Decryption decrypt(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism, ByteView encrypted) const;

  CK_FUNCTION_LIST* module_;
  CK_SLOT_ID slot_;
  CK_SESSION_HANDLE session_ = 0;
  std::string label_;
  Login& login_;
  const SecretBytes* pin_ = nullptr;
};

}  // namespace imgcrypt::keyprovider::pkcs11
