// The recipients of a message: public keys of files and of the user's keyring, in a home directory of their
// own, which alone GnuPG encrypts with. One thread.
#pragma once

#include "keyprovider/pgp/gpgme.hpp"

#include <string>
#include <vector>

namespace imgcrypt::keyprovider::pgp {

inline constexpr std::size_t kMostKeyFileBytes = std::size_t{1} << 20U;

// Adds the keys of a file's content, public or secret, to those of `context`, which is a home directory of
// its own. Returns them; none if GnuPG can use none. Throws kProvider.
[[nodiscard]] Keys import_keys(const Context& context, const Data& data);

// Adds the public keys of the file `who`, or else the key of the user's keyring that it names, to the keys of
// `context`. Returns them. Throws kUsage, naming the file, for one that cannot be used; as choose_key.
[[nodiscard]] Keys add_recipients(const Context& context, const std::string& who);

// A binary message for these keys. Throws kProvider.
[[nodiscard]] Bytes encrypt(const Context& context, const Keys& keys, const SecretBytes& options);

// The public keys of a file, also of a file of secret ones, as an armored text. Throws as add_recipients.
[[nodiscard]] std::string public_text_of(const std::string& file);

}  // namespace imgcrypt::keyprovider::pgp
