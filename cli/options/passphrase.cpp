#include "cli/options/passphrase.hpp"

#include "base/process/fd.hpp"
#include "cli/terminal/prompt.hpp"
#include "keys/key_file.hpp"

#include <charconv>
#include <cstdlib>

namespace imgcrypt::cli {
namespace {

SecretBytes read_fd(const std::string& number) {
  int fd = -1;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), fd);
  if (error != std::errc() || stop != number.data() + number.size() || fd < 0) {
    throw Error(ErrorCode::kUsage, "fd= needs the number of an open file descriptor");
  }
  return read_secret(fd, kMostPassphraseBytes, "file descriptor " + number);
}

SecretBytes read_variable(const std::string& name) {
  char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    throw Error(ErrorCode::kUsage, "the environment has no variable " + name, "export it: export " + name);
  }
  SecretBytes passphrase = SecretBytes::copy_of(as_bytes(value));
  // Key providers inherit the environment.
  wipe({reinterpret_cast<std::uint8_t*>(value), passphrase.size()});
  ::unsetenv(name.c_str());
  return passphrase;
}

SecretBytes prompt_twice(const std::string& file) {
  SecretBytes passphrase = prompt_passphrase("Passphrase for " + file + ": ");
  const SecretBytes again = prompt_passphrase("The same again: ");
  if (!equal_constant_time(passphrase.expose(), again.expose()))
    throw Error(ErrorCode::kUsage, "the two passphrases differ", "try again");
  return passphrase;
}

}  // namespace

void warn_of_bare_password(const KeyString& key, Reporter& reporter) {
  if (!key.is_bare_password) return;
  reporter.warn("key " + key.file +
                ": a password in the command line can be seen by every user of this machine; " +
                "write FILE:file=PASSWORDFILE");
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
      return read_fd(key.value);
    case PassphraseFrom::kEnvironment:
      return read_variable(key.value);
    case PassphraseFrom::kPrompt:
      return prompt_passphrase("Passphrase of " + key.file + ": ");
  }
  return std::nullopt;
}

SecretBytes read_new_passphrase(const std::string& file, const std::string& form) {
  const auto key = parse_passphrase_form(file, form);
  if (!key || key->from == PassphraseFrom::kArgument) {
    throw Error(ErrorCode::kUsage, "--passphrase does not say where the passphrase is",
                "write file=PASSWORDFILE, fd=N, env=VARIABLE or prompt");
  }
  SecretBytes passphrase =
      key->from == PassphraseFrom::kPrompt ? prompt_twice(file) : std::move(*read_passphrase(*key));
  if (passphrase.size() == 0)
    throw Error(ErrorCode::kUsage, "the passphrase is empty", "leave --passphrase out for a key without one");
  return passphrase;
}

}  // namespace imgcrypt::cli
