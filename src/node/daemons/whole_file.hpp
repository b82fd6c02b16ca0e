// Files that are replaced at once: whoever opens one finds the old content or the new one, whole. For one
// thread at a time.
#pragma once

#include "base/bytes.hpp"

#include <sys/types.h>

#include <filesystem>

namespace imgcrypt {

// The content is on the disk when this returns. A link at `path` is followed. The file gets the owner and the
// mode of `like`, which may be itself; where that does not exist, our owner and `mode`, whatever the umask.
// Throws kOther, and then has changed nothing.
void write_whole_file(const std::filesystem::path& path, ByteView content, const std::filesystem::path& like,
                      mode_t mode);

// With all that are missing above it; each new one has this mode, whatever the umask. Throws kOther.
void make_directories(const std::filesystem::path& directory, mode_t mode);

}  // namespace imgcrypt
