// Key files as the user names them on the command line: FILE[:pass=P|:file=F|:fd=N|:env=V|:prompt], or
// FILE:PASSPHRASE. A value; reads no file, but looks which files exist. The text may hold a passphrase, so no
// error shows more of it than what comes before the first colon.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// Where the passphrase of a key file comes from.
// kFile, kFd and kPrompt keep the passphrase out of the process list.
enum class PassphraseFrom { kNowhere, kArgument, kFile, kFd, kEnvironment, kPrompt };

struct KeyString {
  std::string file;
  PassphraseFrom from = PassphraseFrom::kNowhere;
  std::string value = {};  // the passphrase, file name, number or variable
};

// `form` is what follows "FILE:". nullopt: not a known form.
[[nodiscard]] std::optional<KeyString> parse_passphrase_form(const std::string& file,
                                                             const std::string& form);

// If the whole text is an existing file, it is used as is. Else it is split at the last colon between an
// existing file and a known form; else at the last colon after an existing file. Throws kUsage when there is
// no such file, and for FILE:TEXT when TEXT looks like a misspelt form, e.g. "promt": the hint has the form.
[[nodiscard]] KeyString parse_key_string(const std::string& text);

// Of "KEY:TEXT" where TEXT may well be a passphrase. Throws kUsage when it looks like a misspelt form.
[[nodiscard]] KeyString parse_bare_passphrase(const std::string& key, std::string_view text);

// Of a key in a device, what follows "tpm2:". As parse_key_string where it begins with an existing file; else
// it is split at the last colon before a known form, and `file` is what the device calls the key. Whether
// there is such a key is not known. Throws kUsage as parse_key_string.
[[nodiscard]] KeyString parse_device_key_string(const std::string& text);

}  // namespace imgcrypt
