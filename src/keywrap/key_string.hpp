// Keys as the user names them: FILE[:pass=P|:file=F|:fd=N|:env=V|:prompt], or FILE:PASSWORD.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>
#include <string>

namespace imgcrypt {

// Where the passphrase of a key file comes from.
enum class PassphraseFrom { kNowhere, kArgument, kFile, kFd, kEnvironment, kPrompt };

struct KeyString {
  std::string file;
  PassphraseFrom from = PassphraseFrom::kNowhere;
  std::string value;              // the password, file name, number or variable
  bool is_bare_password = false;  // FILE:PASSWORD, which deserves a warning
};

// The part behind FILE: alone. nullopt: no known form.
[[nodiscard]] std::optional<KeyString> parse_passphrase_form(const std::string& file,
                                                             const std::string& form);

// The whole text if that names a file; else it is split at the last colon between a file and a known form;
// else at the last one behind a file. Throws kUsage when there is no file.
[[nodiscard]] KeyString parse_key_string(const std::string& text);

}  // namespace imgcrypt
