// What was meant by "SCHEME:VALUE" whose scheme is not one of ours, for hints. Pure functions, but is_list,
// which looks which files exist.
#pragma once

#include <string>

namespace imgcrypt {

// For a recipient: "did you mean jwe:FILE?". Empty if it cannot be guessed.
[[nodiscard]] std::string hint_for_scheme(const std::string& text);
// The same for a key. It shows nothing of the value, which may be a passphrase.
[[nodiscard]] std::string hint_for_key_scheme(const std::string& text);

// Whether it is several in one, "jwe:a,jwe:b", "jwe:a,b" or "FILE,FILE", as some tools take them.
[[nodiscard]] bool is_list(const std::string& text);

}  // namespace imgcrypt
