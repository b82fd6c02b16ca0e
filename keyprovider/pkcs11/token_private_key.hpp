// The private key of a token, used where it is: for packets of this scheme, and for those of others such as
// jwe: and pkcs7:. One thread, although it is called what threads may share.
#pragma once

#include "keyprovider/pkcs11/tokens.hpp"
#include "keys/private_operations.hpp"

namespace imgcrypt::keyprovider::pkcs11 {

class TokenPrivateKey final : public PrivateOperations {
 public:
  // `pin`, before that of the URI, is copied; null: none was given. Throws as Tokens::open, Token::log_in and
  // Token::find, with the key's name. `tokens` must outlive it.
  TokenPrivateKey(Tokens& tokens, TokenKey key, const SecretBytes* pin);

  [[nodiscard]] const PublicKey& public_half() const noexcept { return *public_half_; }

  [[nodiscard]] std::optional<SecretBytes> decrypt_oaep(ByteView ciphertext, OaepHash hash,
                                                        std::string_view label) const override;
  [[nodiscard]] SecretBytes decrypt_pkcs1(ByteView ciphertext, std::size_t size) const override;
  [[nodiscard]] SecretBytes agree(const PublicKey& peer) const override;

 private:
  // Calls `use` with the token, logged in, and the key's handle. A token that fails is opened anew by the
  // next call, e.g. as it was pulled out meanwhile.
  template <typename Use>
  auto with_token(Use use) const;

  Tokens& tokens_;
  TokenKey key_;
  std::optional<SecretBytes> pin_;
  std::optional<PublicKey> public_half_;
};

}  // namespace imgcrypt::keyprovider::pkcs11
