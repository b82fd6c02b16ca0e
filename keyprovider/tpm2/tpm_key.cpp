#include "keyprovider/tpm2/tpm_key.hpp"

#include "keyprovider/tpm2/new_key.hpp"
#include "keyprovider/tpm2/parent.hpp"
#include "keys/rsa_padding.hpp"

#include <algorithm>

namespace imgcrypt::keyprovider::tpm2 {
namespace {

// TPMs may leave out zeros at the beginning.
SecretBytes padded_secret(ByteView number, std::size_t size) {
  if (number.size() > size) throw Error(ErrorCode::kProvider, "the TPM returned a number that is too long");
  SecretBytes bytes(size);
  std::ranges::copy(number, bytes.expose_mutable().last(number.size()).begin());
  return bytes;
}

[[noreturn]] void fail_without_value() {
  throw Error(ErrorCode::kUsage, "the key needs its authorization value",
              "give it as a passphrase: -k KEY:file=PASSPHRASEFILE, :fd=N, :env=VARIABLE or :prompt");
}

}  // namespace

TpmKey::TpmKey(const TpmAccess& access, const LoadableKey& file, const SecretBytes* auth)
    : tpm_(access.tpm),
      tries_(access.tries),
      auth_(auth),
      lacks_value_(!file.has_empty_auth && auth == nullptr),
      public_(file.public_part.publicArea) {
  name_ = public_half().to_pem();
  room_in(*tpm_, [&] { load(file); });
}

void TpmKey::load(const LoadableKey& file) {
  const Parent parent(*tpm_, file.parent);
  ESYS_TR key = ESYS_TR_NONE;
  check(Esys_Load(tpm_->esys(), parent.handle(), ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                  &file.private_part, &file.public_part, &key),
        "load the key into the TPM");
  const Transient loaded(*tpm_, key);
  TPMS_CONTEXT* context = nullptr;
  check(Esys_ContextSave(tpm_->esys(), key, &context), "save the loaded key");
  saved_.reset(context);
}

TpmKey::TpmKey(const TpmAccess& access, TPM2_HANDLE handle, const SecretBytes* auth)
    : tpm_(access.tpm), tries_(access.tries), auth_(auth) {
  room_in(*tpm_, [&] { find(handle); });
  name_ = public_half().to_pem();
}

void TpmKey::find(TPM2_HANDLE handle) {
  ESYS_TR found = ESYS_TR_NONE;
  check(Esys_TR_FromTPMPublic(tpm_->esys(), handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &found),
        "find the key");
  const Persistent key(*tpm_, found);
  public_ = read_public(*tpm_, key.handle());
  SavedHandle saved;
  std::uint8_t* bytes = nullptr;
  check(Esys_TR_Serialize(tpm_->esys(), key.handle(), &bytes, &saved.size), "save the key's handle");
  saved.bytes.reset(bytes);
  persistent_ = std::move(saved);
}

const TPMT_RSA_SCHEME& TpmKey::own_scheme() const noexcept { return public_.parameters.rsaDetail.scheme; }

TSS2_RC TpmKey::run(const Operation& operation) const {
  if (lacks_value_) fail_without_value();
  return room_in(*tpm_, [&] {
    if (!is_value_right_) tries_->check(*tpm_, attempt());
    ESYS_TR key = ESYS_TR_NONE;
    if (persistent_) {
      check(Esys_TR_Deserialize(tpm_->esys(), persistent_->bytes.get(), persistent_->size, &key),
            "find the key");
      const Persistent found(*tpm_, key);
      return run_with(key, operation);
    }
    check(Esys_ContextLoad(tpm_->esys(), saved_.get(), &key), "load the key into the TPM");
    const Transient loaded(*tpm_, key);
    return run_with(key, operation);
  });
}

TSS2_RC TpmKey::run_with(ESYS_TR key, const Operation& operation) const {
  check(Esys_TR_SetAuth(tpm_->esys(), key, &auth_.get()), "set the authorization value");
  // Salted with the very key: only who holds it can answer in the session. The library would encrypt the salt
  // in the way of a key's own scheme, which is not what the TPM expects, so another key stands in for such
  // ones; its hierarchy needs no authorization value.
  const bool has_own_scheme = public_.type == TPM2_ALG_RSA && own_scheme().scheme != TPM2_ALG_NULL;
  std::optional<Transient> other;
  if (has_own_scheme) other.emplace(*tpm_, make_primary(*tpm_, TPM2_RH_NULL));
  const TpmSession session(*tpm_, other ? other->handle() : key);
  const TSS2_RC status = operation(key, session.handle());
  check_room(status, "use the key");
  if (is_wrong_auth(status)) tries_->refuse(*tpm_, attempt());
  is_value_right_ = is_value_right_ || status == TSS2_RC_SUCCESS;
  return status;
}

AuthAttempt TpmKey::attempt() const noexcept {
  return {name_, public_.objectAttributes, view_of(auth_.get(), auth_.get().buffer)};
}

std::optional<SecretBytes> TpmKey::decrypt(ByteView ciphertext, const TPMT_RSA_DECRYPT& scheme,
                                           std::string_view label) const {
  TPM2B_PUBLIC_KEY_RSA in{};
  TPM2B_DATA label_in{};
  if (ciphertext.size() > std::size(in.buffer) || label.size() > std::size(label_in.buffer))
    return std::nullopt;
  in.size = static_cast<UINT16>(ciphertext.size());
  std::ranges::copy(ciphertext, in.buffer);
  label_in.size = static_cast<UINT16>(label.size());
  std::ranges::copy(label, label_in.buffer);
  TPM2B_PUBLIC_KEY_RSA* out = nullptr;
  const TSS2_RC status = run([&](ESYS_TR key, ESYS_TR session) {
    return Esys_RSA_Decrypt(tpm_->esys(), key, session, ESYS_TR_NONE, ESYS_TR_NONE, &in, &scheme, &label_in,
                            &out);
  });
  const TSS2_RC reason = reason_of(status);
  // A number above the modulus, or a padding that is not the scheme's (TPM 2.0 part 3 section 14.3).
  if (reason == TPM2_RC_VALUE || reason == TPM2_RC_SIZE) return std::nullopt;
  if (reason == TPM2_RC_SCHEME)
    throw Error(ErrorCode::kRefused, "the TPM does not decrypt in this way with this key");
  check(status, "decrypt in the TPM");
  const Owned<TPM2B_PUBLIC_KEY_RSA> message(out);
  SecretBytes secret = SecretBytes::copy_of(view_of(*message, message->buffer));
  wipe(MutableByteView(message->buffer));
  return secret;
}

std::optional<SecretBytes> TpmKey::decrypt_oaep(ByteView ciphertext, OaepHash hash,
                                                std::string_view label) const {
  const TPMI_ALG_HASH wanted = hash == OaepHash::kSha1 ? TPM2_ALG_SHA1 : TPM2_ALG_SHA256;
  const bool is_allowed =
      own_scheme().scheme == TPM2_ALG_NULL ||
      (own_scheme().scheme == TPM2_ALG_OAEP && own_scheme().details.oaep.hashAlg == wanted);
  if (!is_allowed)
    throw Error(ErrorCode::kRefused, "the key in the TPM is for another padding than this OAEP");
  if (!label.empty() && label.back() != '\0')
    throw Error(ErrorCode::kRefused, "a TPM takes no OAEP label that does not end with a zero byte");
  TPMT_RSA_DECRYPT scheme{};
  scheme.scheme = TPM2_ALG_OAEP;
  scheme.details.oaep.hashAlg = wanted;
  return decrypt(ciphertext, scheme, label);
}

SecretBytes TpmKey::decrypt_pkcs1(ByteView ciphertext, std::size_t size) const {
  const TPM2_ALG_ID own = own_scheme().scheme;
  if (own != TPM2_ALG_NULL && own != TPM2_ALG_RSAES)
    throw Error(ErrorCode::kRefused, "the key in the TPM is for another padding than PKCS #1 v1.5");
  const std::size_t modulus = public_.unique.rsa.size;
  if (ciphertext.size() != modulus) return unpad_pkcs1({}, size);
  TPMT_RSA_DECRYPT scheme{};
  scheme.scheme = own;
  auto decrypted = decrypt(ciphertext, scheme, {});
  // With a scheme of its own the TPM unpads. Else it only computes, and no answer tells of the padding.
  if (own == TPM2_ALG_RSAES) return message_or_random(std::move(decrypted), size);
  return decrypted ? unpad_pkcs1(padded_secret(decrypted->expose(), modulus).expose(), size)
                   : unpad_pkcs1({}, size);
}

SecretBytes TpmKey::agree(const PublicKey& peer) const {
  const EcPoint point = peer.point();
  TPM2B_ECC_POINT in{};
  const auto put = [](const Bytes& number, TPM2B_ECC_PARAMETER& coordinate) {
    coordinate.size = static_cast<UINT16>(number.size());
    std::ranges::copy(number, coordinate.buffer);
  };
  put(point.x, in.point.x);
  put(point.y, in.point.y);
  TPM2B_ECC_POINT* out = nullptr;
  const TSS2_RC status = run([&](ESYS_TR key, ESYS_TR session) {
    return Esys_ECDH_ZGen(tpm_->esys(), key, session, ESYS_TR_NONE, ESYS_TR_NONE, &in, &out);
  });
  if (reason_of(status) == TPM2_RC_SCHEME)
    throw Error(ErrorCode::kRefused, "the key in the TPM is not for ECDH");
  check(status, "agree in the TPM");
  const Owned<TPM2B_ECC_POINT> shared(out);
  TPM2B_ECC_PARAMETER& x = shared->point.x;
  SecretBytes secret = padded_secret(view_of(x, x.buffer), field_size(public_));
  wipe(MutableByteView(x.buffer));
  return secret;
}

}  // namespace imgcrypt::keyprovider::tpm2
