#include "base/fd.hpp"
#include "cli/command.hpp"
#include "cli/prompt.hpp"
#include "crypto/key_file.hpp"
#include "keywrap/key_string.hpp"
#include "keywrap/private_key_unwrapper.hpp"

#include <charconv>
#include <cstdlib>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kMostKeyFileBytes = 64 * 1024;
constexpr std::size_t kMostPassphraseBytes = 4 * 1024;

SecretBytes read_passphrase_file(const std::string& path) {
  SecretBytes passphrase = read_secret_file(path, kMostPassphraseBytes);
  if (as_text(passphrase.expose()).ends_with('\n')) passphrase.truncate(passphrase.size() - 1);
  return passphrase;
}

SecretBytes read_passphrase_fd(const std::string& number) {
  int fd = -1;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), fd);
  if (error != std::errc() || stop != number.data() + number.size() || fd < 0) {
    throw Error(ErrorCode::kUsage, "fd= needs the number of an open file descriptor");
  }
  return read_secret(fd, kMostPassphraseBytes, "file descriptor " + number);
}

SecretBytes read_passphrase_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) throw Error(ErrorCode::kUsage, "the environment has no variable " + name);
  return SecretBytes::copy_of(as_bytes(value));
}

std::optional<SecretBytes> read_passphrase(const KeyString& key) {
  switch (key.from) {
    case PassphraseFrom::kNowhere:
      return std::nullopt;
    case PassphraseFrom::kArgument:
      return SecretBytes::copy_of(as_bytes(key.value));
    case PassphraseFrom::kFile:
      return read_passphrase_file(key.value);
    case PassphraseFrom::kFd:
      return read_passphrase_fd(key.value);
    case PassphraseFrom::kEnvironment:
      return read_passphrase_variable(key.value);
    case PassphraseFrom::kPrompt:
      return prompt_passphrase("Passphrase of " + key.file + ": ");
  }
  return std::nullopt;
}

std::unique_ptr<KeyUnwrapper> read_key(const KeyString& key) {
  const std::optional<SecretBytes> passphrase = read_passphrase(key);
  const SecretBytes file = read_secret_file(key.file, kMostKeyFileBytes);
  return std::make_unique<PrivateKeyUnwrapper>(
      key.file, parse_private_key(file.expose(), passphrase ? &*passphrase : nullptr));
}

}  // namespace

KeyUnwrappers read_keys(const std::vector<std::string>& keys, Reporter& reporter) {
  KeyUnwrappers unwrappers;
  for (const std::string& text : keys) {
    const KeyString key = parse_key_string(text);
    if (key.is_bare_password) {
      reporter.note("key " + key.file +
                    ": a password in the command line can be seen by every user of this machine; " +
                    "write FILE:file=PASSWORDFILE");
    }
    try {
      unwrappers.push_back(read_key(key));
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      throw Error(ErrorCode::kUsage, "key " + key.file + ": " + error.message(), error.hint());
    }
  }
  return unwrappers;
}

}  // namespace imgcrypt::cli
