// Landlock (Linux 5.13, Documentation/userspace-api/landlock.rst): what of the file system and the network a
// process may still reach. For the sandbox alone.
#pragma once

#include <string>
#include <vector>

namespace imgcrypt::streamproc {

// The version of the kernel's interface; 0 when it has no Landlock, or has it switched off.
[[nodiscard]] int landlock_version() noexcept;

// From now on this process opens files only below these directories and only for reading, and opens no TCP
// connection where the kernel knows that right (version 4). A directory that cannot be opened is passed over:
// nothing could be read there. Throws kOther when the kernel refuses.
// REQUIRES: landlock_version() > 0, and no_new_privs is set.
void allow_reading_only(const std::vector<std::string>& directories);

}  // namespace imgcrypt::streamproc
