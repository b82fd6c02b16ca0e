// What to write after -r or -k for a file, told by its content and the table of schemes. For hints, and for
// `imgcrypt key`. Read the file at each call; safe for use by several threads.
#pragma once

#include "base/bytes.hpp"
#include "keys/list_key_file.hpp"
#include "keywrap/provider/provider.hpp"
#include "keywrap/provider_key.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// How a key or certificate of a file is used as a recipient.
struct RecipientUse {
  std::string recipient;  // "jwe:FILE"
  std::string fault;      // why it cannot be used after all; empty: it can
};

// nullopt for private keys, which are not recipients.
[[nodiscard]] std::optional<RecipientUse> recipient_use(const KeyItem& item, const std::string& path);

// "jwe:FILE", "pkcs7:FILE" or "provider:NAME:FILE"; empty if the content is not a usable recipient.
[[nodiscard]] std::string recipient_form_of(ByteView content, const std::string& path);

// A recipient that cannot be used as it was given, e.g. "FILE" or "pkcs7:FILE": how it was meant, as a hint;
// empty if that cannot be guessed. Looks at the file that it names, if there is one.
[[nodiscard]] std::string hint_for_recipient(const std::string& recipient);

// The file that a key of a provider of ours names, as in -k provider:sodium:FILE; empty if it names none
// although the provider's keys are files; nullopt if the provider is not ours, or has other keys too.
[[nodiscard]] std::optional<std::string> key_file_of(const NamedProvider& key);

// What is named where only a file can be meant: FILE, or SCHEME:FILE as after -k and -r. Throws kUsage for a
// provider without a name.
[[nodiscard]] std::string file_of_key(const std::string& text);

}  // namespace imgcrypt
