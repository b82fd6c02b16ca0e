// The two files of a new key: FILE, which only its owner can read, and FILE.pub. Used by `imgcrypt key
// generate` and by key providers, so it does without OpenSSL.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace imgcrypt {

// kReplace destroys the old key: nobody can then open what was encrypted for it.
enum class IfPresent { kRefuse, kReplace };

// When it returns, both files are whole and on the disk. At no time is there a public key beside a private
// key of another pair. Throws kRefused when one of the files exists and `if_present` is kRefuse; kOther when
// the system fails, with neither file changed, except that kReplace may leave FILE.pub missing.
void write_key_pair(const std::string& file, ByteView private_text, ByteView public_text,
                    IfPresent if_present);
// Throws kRefused when one of the files exists. A symbolic link counts, even one that points nowhere.
// For before the key is made, which may take long; write_key_pair checks again.
void check_key_pair_absent(const std::string& file);

}  // namespace imgcrypt
