// The decoder's program file on a node: put there whole, and taken away again. Used by `imgcrypt config`. For
// one thread at a time.
#pragma once

#include "node/daemons/key_store.hpp"

#include <string>

namespace imgcrypt {

enum class Linkage { kStatic, kDynamic };

// How the ELF file (gABI, "Program Header") of this machine's kind is linked. Throws kRefused for what is not
// imgcrypt's ctd-decoder; kNotFound, kOther.
[[nodiscard]] Linkage linkage_of_decoder(const std::string& file);

// Copies the decoder `from` to `path` with mode 0755, at once: whoever starts it meanwhile gets the old one
// or the new one. Missing directories are made. Throws kRefused if another program is at `path`, or `from` is
// not a decoder; kNotFound, kOther.
StoreChange install_decoder(const std::string& from, const std::string& path);
// False: there is none. Throws kRefused if another program is there; kOther.
bool uninstall_decoder(const std::string& path);

}  // namespace imgcrypt
