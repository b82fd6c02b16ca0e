// The two files of a new key: FILE, which only its owner can read, and FILE.pub.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace imgcrypt {

enum class IfPresent { kRefuse, kReplace };

// Both files are whole and on the disk when it returns; at no time does a public key stand beside a private
// one that is not its own. Throws Error with nothing written, and kRefused when one of them is there.
void write_key_pair(const std::string& file, ByteView private_text, ByteView public_text,
                    IfPresent if_present);
// Throws kRefused when one of them is there: before a key is made that may take long.
void check_key_pair_absent(const std::string& file);

}  // namespace imgcrypt
