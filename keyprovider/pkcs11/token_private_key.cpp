#include "keyprovider/pkcs11/token_private_key.hpp"

#include "base/cancel_hold.hpp"

namespace imgcrypt::keyprovider::pkcs11 {

template <typename Use>
auto TokenPrivateKey::with_token(Use use) const {
  const CancelHold hold;
  try {
    Token& token = tokens_.open(key_);
    token.log_in(pin_ ? &*pin_ : nullptr);
    return use(token, token.find(CKO_PRIVATE_KEY, key_.uri));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kProvider) tokens_.close_all();
    if (error.code() == ErrorCode::kCancelled) throw;
    throw error.in(key_.name);
  }
}

TokenPrivateKey::TokenPrivateKey(Tokens& tokens, TokenKey key, const SecretBytes* pin)
    : tokens_(tokens),
      key_(std::move(key)),
      pin_(pin == nullptr ? key_.uri.pin() : SecretBytes::copy_of(pin->expose())) {
  public_half_ = with_token(
      [&](const Token& token, CK_OBJECT_HANDLE handle) { return token.public_half(handle, key_.uri); });
}

std::optional<SecretBytes> TokenPrivateKey::decrypt_oaep(ByteView ciphertext, OaepHash hash,
                                                         std::string_view label) const {
  return with_token([&](const Token& token, CK_OBJECT_HANDLE handle) {
    return token.decrypt_oaep(handle, ciphertext, hash, label);
  });
}

SecretBytes TokenPrivateKey::decrypt_pkcs1(ByteView ciphertext, std::size_t size) const {
  return with_token([&](const Token& token, CK_OBJECT_HANDLE handle) {
    return token.decrypt_pkcs1(handle, ciphertext, size);
  });
}

SecretBytes TokenPrivateKey::agree(const PublicKey& peer) const {
  return with_token(
      [&](const Token& token, CK_OBJECT_HANDLE handle) { return token.agree(handle, peer.point()); });
}

}  // namespace imgcrypt::keyprovider::pkcs11
