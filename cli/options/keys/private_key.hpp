// The private key in a file that the user named, with its passphrase from wherever the user says it is. For
// the main thread, which may ask on the terminal.
#pragma once

#include "base/bytes.hpp"
#include "image/reporter.hpp"
#include "keys/key.hpp"
#include "keywrap/key_string.hpp"

namespace imgcrypt::cli {

// `file` is the content of the file that `named` names. If it is encrypted and no passphrase was given, one
// is asked for where stdin and stderr are a terminal; who is asked may try three times. Warns of a passphrase
// that the key does not need, and of others who can read the key. Throws as read_passphrase,
// parse_private_key, PrivateKey::check_halves and prompt_passphrase.
[[nodiscard]] PrivateKey open_private_key(const KeyString& named, ByteView file, Reporter& reporter);

}  // namespace imgcrypt::cli
