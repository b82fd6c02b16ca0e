#include "keyprovider/pgp/public_keys.hpp"

#include "keyprovider/key_places.hpp"
#include "keyprovider/pgp/key_text.hpp"
#include "keyprovider/pgp/own_keyring.hpp"
#include "keyprovider/pgp/private_home.hpp"
#include "keys/openpgp_file.hpp"

#include <array>
#include <filesystem>
#include <set>

namespace imgcrypt::keyprovider::pgp {
namespace {

// A file that happens to have the name of a person is rarer than a typing error in the name of a file.
bool is_file(const std::string& who) {
  std::error_code failure;
  return who.find('/') != std::string::npos || std::filesystem::is_regular_file(who, failure);
}

// The keys that were added. REQUIRES: the last operation of `context` was an import.
Keys imported_keys(const Context& context) {
  std::set<std::string> fingerprints;
  const auto* const result = ::gpgme_op_import_result(context.get());
  for (const _gpgme_import_status* status = result->imports; status != nullptr; status = status->next) {
    if (::gpgme_err_code(status->result) == GPG_ERR_NO_ERROR && status->fpr != nullptr)
      fingerprints.insert(status->fpr);
  }
  Keys keys;
  for (const std::string& fingerprint : fingerprints) keys.push_back(find_key(context, fingerprint));
  return keys;
}

Keys add_file(const Context& context, const std::string& file) {
  const SecretBytes content = read_key_file(file, kMostKeyFileBytes);
  const auto kind = recognize_openpgp_key(content.expose());
  if (!kind)
    throw Error(ErrorCode::kUsage, file + ": not an OpenPGP public key", "export it: gpg --export WHO >FILE");
  if (*kind == OpenPgpFile::kSecretKey) {
    throw Error(ErrorCode::kUsage, file + ": a secret key was given where a public one is needed",
                "imgcrypt key public " + file + " prints its public half");
  }
  Keys keys = import_keys(context, data_of(content.expose()));
  if (keys.empty()) throw Error(ErrorCode::kUsage, file + ": GnuPG finds no key that it can use");
  for (const Key& key : keys) {
    if (!fault_of(key).empty())
      throw Error(ErrorCode::kUsage, file + ": nothing can be encrypted for " + describe(key));
  }
  return keys;
}

Keys add_own(const Context& context, const std::string& who) {
  const Context own = open_own_keyring();
  const Key key = choose_key(list_keys(own), who);
  const Data data = empty_data();
  std::array<gpgme_key_t, 2> chosen = {key.get(), nullptr};
  check(::gpgme_op_export_keys(own.get(), chosen.data(), GPGME_EXPORT_MODE_MINIMAL, data.get()),
        "export key");
  rewind(data);
  return import_keys(context, data);
}

// The content of a buffer of GPGME's.
Bytes content_of(const Data& data) {
  Bytes content;
  std::array<std::uint8_t, 4096> part{};
  rewind(data);
  for (ssize_t size = 0; (size = ::gpgme_data_read(data.get(), part.data(), part.size())) > 0;)
    content.insert(content.end(), part.begin(), part.begin() + size);
  return content;
}

}  // namespace

Keys import_keys(const Context& context, const Data& data) {
  check(::gpgme_op_import(context.get(), data.get()), "import keys");
  return imported_keys(context);
}

Keys add_recipients(const Context& context, const std::string& who) {
  return is_file(who) ? add_file(context, who) : add_own(context, who);
}

Bytes encrypt(const Context& context, const Keys& keys, const SecretBytes& options) {
  std::vector<gpgme_key_t> recipients;
  for (const Key& key : keys) recipients.push_back(key.get());
  recipients.push_back(nullptr);
  constexpr unsigned kFlags =
      GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_ENCRYPT_TO | GPGME_ENCRYPT_NO_COMPRESS;
  const Data plain = data_of(options.expose());
  const Data encrypted = empty_data();
  check(::gpgme_op_encrypt(context.get(), recipients.data(), static_cast<gpgme_encrypt_flags_t>(kFlags),
                           plain.get(), encrypted.get()),
        "encrypt");
  return content_of(encrypted);
}

std::string public_text_of(const std::string& file) {
  const SecretBytes content = read_key_file(file, kMostKeyFileBytes);
  const PrivateHome home(base_for_homes(), Agent::kRunning);
  const Context context = open_gnupg(home.path());
  const Keys keys = import_keys(context, data_of(content.expose()));
  if (keys.empty()) throw Error(ErrorCode::kUsage, file + ": GnuPG finds no key that it can use");
  const Data text = empty_data();
  ::gpgme_set_armor(context.get(), 1);
  std::vector<gpgme_key_t> chosen;
  for (const Key& key : keys) chosen.push_back(key.get());
  chosen.push_back(nullptr);
  check(::gpgme_op_export_keys(context.get(), chosen.data(), 0, text.get()), "export keys");
  return std::string(as_text(content_of(text)));
}

}  // namespace imgcrypt::keyprovider::pgp
