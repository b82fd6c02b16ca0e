#include "keyprovider/pgp/key_text.hpp"

#include <array>
#include <ctime>

namespace imgcrypt::keyprovider::pgp {
namespace {

std::string curve_of(const _gpgme_subkey& subkey) {
  const std::string curve = subkey.curve == nullptr ? "" : printable(subkey.curve);
  if (curve == "cv25519") return "Curve25519";
  return curve.empty() ? "EC" : curve;
}

bool is_usable(const _gpgme_subkey& subkey) {
  return subkey.can_encrypt != 0 && subkey.revoked == 0 && subkey.expired == 0 && subkey.disabled == 0 &&
         subkey.invalid == 0;
}

// Why none of the subkeys that encrypt can be used.
std::string fault_of_subkeys(const Key& key) {
  std::string fault = "no encryption key";
  for (const _gpgme_subkey* subkey = key->subkeys; subkey != nullptr; subkey = subkey->next) {
    if (subkey->can_encrypt == 0) continue;
    if (subkey->revoked != 0) fault = "its encryption key is revoked";
    if (subkey->expired != 0) fault = "its encryption key expired on " + date_of(subkey->expires);
  }
  return fault;
}

}  // namespace

std::string date_of(long time) {
  const std::time_t seconds = time;
  std::tm parts{};
  std::array<char, 32> text{};
  if (::gmtime_r(&seconds, &parts) == nullptr) return {};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

std::string kind_of(const _gpgme_subkey& subkey) {
  const std::string bits = " " + std::to_string(subkey.length);
  switch (subkey.pubkey_algo) {
    case GPGME_PK_RSA:
    case GPGME_PK_RSA_E:
    case GPGME_PK_RSA_S:
      return "RSA" + bits;
    case GPGME_PK_ELG:
    case GPGME_PK_ELG_E:
      return "ElGamal" + bits;
    case GPGME_PK_DSA:
      return "DSA" + bits;
    default:
      return curve_of(subkey);
  }
}

const _gpgme_subkey* encryption_subkey(const Key& key) {
  const _gpgme_subkey* const primary = key->subkeys;
  if (primary == nullptr) return nullptr;
  const _gpgme_subkey* newest = nullptr;
  for (const _gpgme_subkey* subkey = primary->next; subkey != nullptr; subkey = subkey->next) {
    if (is_usable(*subkey) && (newest == nullptr || subkey->timestamp > newest->timestamp)) newest = subkey;
  }
  if (newest != nullptr) return newest;
  return is_usable(*primary) ? primary : nullptr;
}

std::string fault_of(const Key& key) {
  if (key->revoked != 0) return "revoked";
  if (key->expired != 0)
    return key->subkeys == nullptr ? "expired" : "expired on " + date_of(key->subkeys->expires);
  if (key->disabled != 0) return "disabled";
  if (key->invalid != 0) return "invalid";
  return encryption_subkey(key) == nullptr ? fault_of_subkeys(key) : "";
}

std::string fingerprint_of(const Key& key) {
  const char* text = key->fpr != nullptr ? key->fpr : key->subkeys != nullptr ? key->subkeys->fpr : nullptr;
  return text == nullptr ? std::string() : std::string(text);
}

std::string user_id_of(const Key& key) {
  return key->uids == nullptr || key->uids->uid == nullptr ? std::string() : printable(key->uids->uid);
}

std::string describe(const Key& key) {
  const std::string user_id = user_id_of(key);
  const std::string fault = fault_of(key);
  const std::string separator = user_id.empty() || fault.empty() ? "" : ", ";
  if (user_id.empty() && fault.empty()) return fingerprint_of(key);
  return fingerprint_of(key) + " (" + user_id + separator + fault + ")";
}

}  // namespace imgcrypt::keyprovider::pgp
