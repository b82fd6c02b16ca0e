// Tells the text of a key from the name of a file: somebody may write $(cat KEY) for KEY, and messages quote
// what was written. Every program asks this of all of its arguments before it reads them, and of every other
// place where keys and recipients are named. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace imgcrypt {

// Whether `text` holds a key, or the beginning of one: PEM, a JWK, a secret key of keyprovider-sodium or age,
// any of these or DER in base64, once or several times. Letters of both cases and digits that are too many
// for the name of a file count too, except after "provider:", where they may be a token, and after "ssh-rsa
// ", which begins a public key.
[[nodiscard]] bool holds_key_text(std::string_view text);

// Throws kUsage, without a letter of it, if `text` holds a key. `place` says where it was written.
void refuse_key_text(const std::string& place, std::string_view text);
// The same for a command line, without the program's name.
void refuse_key_text(std::span<const std::string> arguments);

}  // namespace imgcrypt
