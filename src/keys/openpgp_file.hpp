// Files of OpenPGP (RFC 9580), told by how they begin. Pure functions, safe for use by several threads.
#pragma once

#include "base/bytes.hpp"

#include <optional>

namespace imgcrypt {

enum class OpenPgpFile { kSecretKey, kPublicKey };

// Of keys in binary or with ASCII armor; comments and empty lines may come before the armor. nullopt: it
// begins with something else. `file` may be only the beginning of it.
[[nodiscard]] std::optional<OpenPgpFile> recognize_openpgp_key(ByteView file);

}  // namespace imgcrypt
