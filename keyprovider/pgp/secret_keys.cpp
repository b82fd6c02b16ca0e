#include "keyprovider/pgp/secret_keys.hpp"

#include "base/cancel.hpp"
#include "keyprovider/key_places.hpp"
#include "keyprovider/pgp/key_text.hpp"
#include "keyprovider/pgp/own_keyring.hpp"
#include "keyprovider/pgp/private_home.hpp"
#include "keyprovider/pgp/public_keys.hpp"
#include "keys/openpgp_file.hpp"
#include "keywrap/provider/provider_protocol.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <sstream>

namespace imgcrypt::keyprovider::pgp {
namespace {

// Takes what GnuPG decrypts, in locked memory, up to the limit: what was compressed may become anything.
struct Content {
  SecretBytes bytes{kMostPrivateOptionsBytes};
  std::size_t size = 0;
  bool is_too_long = false;
};

ssize_t take_content(void* hook, const void* bytes, std::size_t size) {
  auto& content = *static_cast<Content*>(hook);
  if (size > content.bytes.size() - content.size) {
    content.is_too_long = true;
    errno = EFBIG;
    return -1;
  }
  std::copy_n(static_cast<const std::uint8_t*>(bytes), size,
              content.bytes.expose_mutable().subspan(content.size).begin());
  content.size += size;
  return static_cast<ssize_t>(size);
}

bool has_key_of(const _gpgme_op_decrypt_result& result) {
  for (const _gpgme_recipient* recipient = result.recipients; recipient != nullptr;
       recipient = recipient->next) {
    if (::gpgme_err_code(recipient->status) == GPG_ERR_NO_ERROR) return true;
  }
  return false;
}

[[noreturn]] void fail_without_agent(const std::string& text) {
  throw Error(ErrorCode::kProvider, "GnuPG's agent does not answer: " + text,
              "start it: gpgconf --launch gpg-agent");
}

// GnuPG starts it when it needs it, and takes its keys for missing if that fails.
void check_agent() {
  gpgme_ctx_t raw = nullptr;
  check(::gpgme_new(&raw), "GPGME");
  const Context agent(raw);
  check(::gpgme_set_protocol(agent.get(), GPGME_PROTOCOL_ASSUAN), "GPGME");
  gpgme_error_t refusal = 0;
  const gpgme_error_t error = ::gpgme_op_assuan_transact_ext(agent.get(), "NOP", nullptr, nullptr, nullptr,
                                                             nullptr, nullptr, nullptr, &refusal);
  throw_if_cancelled();
  if (::gpgme_err_code(error) != GPG_ERR_NO_ERROR) fail_without_agent(::gpgme_strerror(error));
}

[[noreturn]] void fail_to_decrypt(gpgme_error_t error, const Context& context) {
  const auto* const result = ::gpgme_op_decrypt_result(context.get());
  const std::string text = ::gpgme_strerror(error);
  switch (::gpgme_err_code(error)) {
    case GPG_ERR_NO_PIN_ENTRY:
    case GPG_ERR_PIN_ENTRY:
    case GPG_ERR_ENOTTY:  // it has no terminal, nor a display
      throw Error(ErrorCode::kProvider, "GnuPG's agent cannot ask for the passphrase: " + text,
                  "install a pinentry, e.g. pinentry-curses, and export GPG_TTY=$(tty)");
    case GPG_ERR_BAD_PASSPHRASE:
      throw Error(ErrorCode::kNoKey, "wrong passphrase");
    case GPG_ERR_NO_AGENT:
      fail_without_agent(text);
    case GPG_ERR_DECRYPT_FAILED:
    case GPG_ERR_BAD_DATA:
    case GPG_ERR_NO_DATA:
    case GPG_ERR_CHECKSUM:
      if (result == nullptr || has_key_of(*result))
        throw Error(ErrorCode::kIntegrity, "GnuPG cannot decrypt the message: " + text);
      [[fallthrough]];
    default:
      throw Error(ErrorCode::kProvider, "GnuPG cannot decrypt: " + text);
  }
}

bool is_without_key(gpgme_error_t error, const Context& context) {
  const auto* const result = ::gpgme_op_decrypt_result(context.get());
  const auto code = ::gpgme_err_code(error);
  return code == GPG_ERR_NO_SECKEY ||
         (code == GPG_ERR_DECRYPT_FAILED && result != nullptr && !has_key_of(*result));
}

// What GnuPG says is only believed when it has checked the whole message.
std::optional<SecretBytes> decrypt_with(const Context& context, ByteView message) {
  Content content;
  gpgme_data_cbs callbacks = {.read = nullptr, .write = take_content, .seek = nullptr, .release = nullptr};
  gpgme_data_t raw = nullptr;
  check(::gpgme_data_new_from_cbs(&raw, &callbacks, &content), "GPGME");
  const Data plain(raw);
  const Data encrypted = data_of(message);
  const gpgme_error_t error = ::gpgme_op_decrypt(context.get(), encrypted.get(), plain.get());
  throw_if_cancelled();
  if (content.is_too_long)
    throw Error(ErrorCode::kRefused, "an OpenPGP message of more than " + in_kib(kMostPrivateOptionsBytes));
  if (is_without_key(error, context)) return std::nullopt;
  if (::gpgme_err_code(error) != GPG_ERR_NO_ERROR) fail_to_decrypt(error, context);
  content.bytes.truncate(content.size);
  return std::move(content.bytes);
}

}  // namespace

std::optional<SecretBytes> decrypt_with_own_keys(ByteView message) {
  const Context context = open_own_keyring();
  auto options = decrypt_with(context, message);
  if (!options) check_agent();
  return options;
}

class SecretKeys::Home {
 public:
  Home() : home_(base_for_homes(), Agent::kRunning), context_(open_gnupg(home_.path())) {
    check(::gpgme_set_pinentry_mode(context_.get(), GPGME_PINENTRY_MODE_LOOPBACK), "GPGME");
    ::gpgme_set_passphrase_cb(context_.get(), give_passphrase, this);
  }

  [[nodiscard]] const Context& context() const noexcept { return context_; }

  void remember(const Key& key, const std::string& file, const SecretBytes* passphrase) {
    for (const _gpgme_subkey* subkey = key->subkeys; subkey != nullptr; subkey = subkey->next)
      keys_.emplace(subkey->keyid, LockedKey{file, passphrase});
  }

  Opening decrypt(ByteView message) {
    try {
      auto options = decrypt_with(context_, message);
      return {std::move(options), failures_};
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kNoKey && given_ != nullptr) failures_.push_back(failure_of(*given_));
      // Without the passphrase GnuPG reports many things.
      const bool is_about_key = error.code() == ErrorCode::kProvider || error.code() == ErrorCode::kNoKey;
      if (failures_.empty() || !is_about_key) throw;
      return {std::nullopt, failures_};
    }
  }

 private:
  struct LockedKey {
    std::string file;
    const SecretBytes* passphrase;
  };

  // `about`: "KEYID MAINKEYID ALGORITHM SIZE".
  static gpgme_error_t give_passphrase(void* hook, const char*, const char* about, int was_wrong, int pipe) {
    auto& home = *static_cast<Home*>(hook);
    std::istringstream words(about == nullptr ? "" : about);
    std::string id;
    words >> id;
    const auto key = home.keys_.find(id);
    if (key == home.keys_.end()) return ::gpgme_error(GPG_ERR_CANCELED);
    if (was_wrong != 0 || key->second.passphrase == nullptr) {
      home.failures_.push_back(failure_of(key->second));
      return ::gpgme_error(GPG_ERR_CANCELED);
    }
    home.given_ = &key->second;
    const ByteView text = key->second.passphrase->expose();
    const bool is_given =
        ::gpgme_io_writen(pipe, text.data(), text.size()) == 0 && ::gpgme_io_writen(pipe, "\n", 1) == 0;
    return is_given ? 0 : ::gpgme_error_from_errno(errno);
  }

  static std::string failure_of(const LockedKey& key) {
    if (key.passphrase == nullptr) {
      return key.file + ": the key has a passphrase: write -k " + key.file +
             ":prompt, :file=PASSPHRASEFILE, :fd=N or :env=VARIABLE";
    }
    return key.file + ": wrong passphrase";
  }

  PrivateHome home_;
  Context context_;
  std::map<std::string, LockedKey> keys_;  // by the ids of all subkeys
  const LockedKey* given_ = nullptr;       // whose passphrase was given last; null: none
  std::vector<std::string> failures_;      // of the message that is being opened
};

SecretKeys::SecretKeys() : home_(std::make_unique<Home>()) {}

SecretKeys::~SecretKeys() = default;

void SecretKeys::add(const std::string& file, const SecretBytes* passphrase) {
  const SecretBytes content = read_key_file(file, kMostKeyFileBytes);
  const auto kind = recognize_openpgp_key(content.expose());
  if (!kind) throw Error(ErrorCode::kUsage, file + ": not an OpenPGP secret key");
  if (*kind == OpenPgpFile::kPublicKey) {
    throw Error(ErrorCode::kUsage, file + ": a public key was given where a secret one is needed",
                "export it: gpg --export-secret-keys WHO >FILE");
  }
  const Keys keys = import_keys(home_->context(), data_of(content.expose()));
  if (keys.empty()) throw Error(ErrorCode::kUsage, file + ": GnuPG finds no key that it can use");
  for (const Key& key : keys) {
    home_->remember(key, file, passphrase);
    descriptions_.push_back(file + " (" + describe(key) + ")");
  }
}

Opening SecretKeys::decrypt(ByteView message) { return home_->decrypt(message); }

}  // namespace imgcrypt::keyprovider::pgp
