#include "cli/options/keys/passphrase.hpp"

#include "base/exposure.hpp"
#include "cli/terminal/prompt.hpp"
#include "keys/named_file.hpp"
#include "keys/passphrase.hpp"

#include <imgcrypt/error.hpp>

#include <fcntl.h>

#include <charconv>
#include <cstdlib>

namespace imgcrypt::cli {
namespace {

SecretBytes read_file(const std::string& path, Reporter& reporter) {
  if (path.empty())
    throw Error(ErrorCode::kUsage, "file= needs the name of a file", "write file=PASSPHRASEFILE");
  SecretBytes passphrase = read_passphrase_file(path);
  warn_of_exposure("passphrase file", path, reporter);
  return passphrase;
}

SecretBytes read_fd(const std::string& number) {
  int fd = -1;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), fd);
  if (error != std::errc() || stop != number.data() + number.size() || fd < 0) {
    throw Error(ErrorCode::kUsage, "fd= needs the number of an open file descriptor",
                "write fd=3, for example, and 3<PASSPHRASEFILE after the command");
  }
  // Nothing failed: the user named another one than he opened, or opened it the wrong way.
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || (static_cast<unsigned>(flags) & unsigned{O_ACCMODE}) == unsigned{O_WRONLY}) {
    throw Error(ErrorCode::kUsage, "file descriptor " + number + " is not open for reading",
                "open it in the shell, e.g. " + number + "<FILE");
  }
  return read_passphrase_from(fd, "file descriptor " + number);
}

SecretBytes read_variable(const std::string& name) {
  if (name.empty())
    throw Error(ErrorCode::kUsage, "env= needs the name of a variable", "write env=VARIABLE, without $");
  char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    throw Error(ErrorCode::kUsage, "the environment variable " + name + " is not set",
                "export it: export " + name);
  }
  SecretBytes passphrase = SecretBytes::copy_of(as_bytes(value));
  // Key providers inherit the environment: they must not see it.
  // unsetenv() only removes the pointer: the text itself stays on the stack of the process, where
  // /proc/PID/environ shows it.
  wipe({reinterpret_cast<std::uint8_t*>(value), passphrase.size()});
  ::unsetenv(name.c_str());
  return passphrase;
}

// A typing error in a passphrase that nobody saw would lose the key.
SecretBytes prompt_twice(const std::string& file) {
  SecretBytes passphrase = prompt_passphrase("Passphrase for " + file + ": ");
  const SecretBytes again = prompt_passphrase("Repeat the passphrase: ");
  if (!equal_constant_time(passphrase.expose(), again.expose()))
    throw Error(ErrorCode::kUsage, "the two passphrases differ", "run it again, and type the same one twice");
  return passphrase;
}

SecretBytes read_new(const std::string& file, const std::string& form, Reporter& reporter) {
  const auto key = parse_passphrase_form(file, form);
  if (!key || key->from == PassphraseFrom::kArgument) {
    const bool has_colon = form.starts_with(':') && parse_passphrase_form(file, form.substr(1));
    throw Error(ErrorCode::kUsage, "it must say where to read the passphrase",
                has_colon ? "leave out the colon: " + form.substr(1)
                          : "write file=PASSPHRASEFILE, fd=N, env=VARIABLE or prompt");
  }
  if (key->from != PassphraseFrom::kPrompt) return std::move(*read_passphrase(*key, reporter));
  // The prompt's own hint is for keys that exist, whose forms have a colon.
  if (!has_terminal())
    throw Error(ErrorCode::kUsage, "prompt needs a terminal",
                "write file=PASSPHRASEFILE, fd=N or env=VARIABLE");
  return prompt_twice(file);
}

// Of a file such as "a\nb\n" we would take both lines and openssl the first; with a NUL, or a carriage return
// from an editor, programs differ as well. A key that only we can open is worse than none.
void check_new(const SecretBytes& passphrase) {
  check_passphrase(passphrase);
  if (passphrase.size() == 0)
    throw Error(ErrorCode::kUsage, "the passphrase is empty",
                "for a key without a passphrase, leave out --passphrase");
  constexpr std::string_view kBreaks("\n\r\0", 3);
  if (as_text(passphrase.expose()).find_first_of(kBreaks) != std::string_view::npos)
    throw Error(
        ErrorCode::kUsage, "the passphrase has a line break or a NUL byte in it",
        "other programs would take only a part of it: write it as one line, without a carriage return");
}

}  // namespace

std::string key_argument_help() {
  return "FILE with a private key (if it has a passphrase, followed by :file=PASSPHRASEFILE, :fd=N, "
         ":env=VARIABLE, "
         ":prompt or :pass=PASSPHRASE)";
}

void warn_of_visible_passphrase(const KeyString& key, const std::string& place, Reporter& reporter) {
  if (key.from != PassphraseFrom::kArgument || key.value.empty()) return;
  const bool is_argument = place.empty();
  reporter.warn((is_argument ? "" : place + ": ") + "key " + key.file +
                (is_argument
                     ? ": every user of this machine can see a passphrase in the command line"
                     : ": every program that is started from there gets a passphrase in the environment") +
                "; use FILE:file=PASSPHRASEFILE instead");
}

void warn_of_exposure(const std::string& what, const std::string& path, Reporter& reporter) {
  if (const std::string exposure = describe_exposure(path); !exposure.empty())
    reporter.warn(what + " " + path + ": " + exposure);
}

std::optional<SecretBytes> read_passphrase(const KeyString& key, Reporter& reporter) {
  switch (key.from) {
    case PassphraseFrom::kNowhere:
      return std::nullopt;
    case PassphraseFrom::kArgument:
      return SecretBytes::copy_of(as_bytes(key.value));
    case PassphraseFrom::kFile:
      return read_file(key.value, reporter);
    case PassphraseFrom::kFd:
      return read_fd(key.value);
    case PassphraseFrom::kEnvironment:
      return read_variable(key.value);
    case PassphraseFrom::kPrompt:
      return prompt_passphrase("Passphrase of " + key.file + ": ");
  }
  return std::nullopt;
}

SecretBytes read_new_passphrase(const std::string& file, const std::string& form, Reporter& reporter) {
  try {
    SecretBytes passphrase = read_new(file, form, reporter);
    check_new(passphrase);
    return passphrase;
  } catch (const Error& error) {
    throw about_argument("--passphrase", error);
  }
}

}  // namespace imgcrypt::cli
