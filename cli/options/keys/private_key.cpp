#include "cli/options/keys/private_key.hpp"

#include "base/exposure.hpp"
#include "cli/options/keys/passphrase.hpp"
#include "cli/terminal/prompt.hpp"
#include "keys/key_file.hpp"

namespace imgcrypt::cli {
namespace {

constexpr int kTries = 3;

PrivateKey ask_and_unlock(const std::string& name, ByteView file) {
  const std::string question = "Passphrase of " + name + ": ";
  for (int left = kTries; left > 0; --left) {
    const SecretBytes passphrase =
        prompt_passphrase(left == kTries ? question : "Wrong passphrase, try again. " + question);
    if (auto key = unlock_private_key(file, passphrase)) return std::move(*key);
  }
  throw wrong_passphrase();
}

PrivateKey open_plain(const KeyString& named, ByteView file, Reporter& reporter) {
  PrivateKey key = parse_private_key(file, nullptr);
  if (named.from == PassphraseFrom::kNowhere) return key;
  // Read all the same: what :fd and :env name is consumed whatever the key is like.
  if (named.from != PassphraseFrom::kPrompt) (void)read_passphrase(named, reporter);
  reporter.warn("key " + named.file + ": the passphrase is not used, as the key is not encrypted");
  return key;
}

PrivateKey open(const KeyString& named, ByteView file, Reporter& reporter) {
  if (!needs_passphrase(file)) return open_plain(named, file, reporter);
  const bool is_asked =
      named.from == PassphraseFrom::kPrompt || (named.from == PassphraseFrom::kNowhere && is_interactive());
  if (is_asked) return ask_and_unlock(named.file, file);
  const auto passphrase = read_passphrase(named, reporter);
  if (!passphrase || passphrase->size() > 0)
    return parse_private_key(file, passphrase ? &*passphrase : nullptr);
  // A key may have an empty one, which is mostly a variable that was not set.
  if (auto key = unlock_private_key(file, *passphrase)) return std::move(*key);
  throw Error(ErrorCode::kUsage, "the passphrase is empty", wrong_passphrase().hint());
}

}  // namespace

PrivateKey open_private_key(const KeyString& named, ByteView file, Reporter& reporter) {
  PrivateKey key = open(named, file, reporter);
  key.check_halves();
  warn_of_exposure("key", named.file, reporter);
  return key;
}

}  // namespace imgcrypt::cli
