// The passphrases of private keys: how long they may be, and how they are read from files and descriptors.
// Safe for use by several threads.
#pragma once

#include "base/secret_bytes.hpp"

#include <string>

namespace imgcrypt {

// OpenSSL's readers have room for no more (PEM_BUFSIZE), though its writers take any length: a key with a
// longer passphrase could never be opened again.
inline constexpr std::size_t kMostPassphraseBytes = 1024;

// Throws kRefused for more than kMostPassphraseBytes.
void check_passphrase(const SecretBytes& passphrase);

// What the file or descriptor holds, without a newline at its end. The descriptor stays open, at its end.
// Throws kRefused for more than kMostPassphraseBytes, kUsage when the file cannot be opened; `what` or the
// path is named.
[[nodiscard]] SecretBytes read_passphrase_from(int fd, const std::string& what);
[[nodiscard]] SecretBytes read_passphrase_file(const std::string& path);

}  // namespace imgcrypt
