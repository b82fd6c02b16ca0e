// Who may read a file stays as it was when another one takes its place. Free function.
#pragma once

#include <sys/stat.h>

namespace imgcrypt {

// Gives the open file the owner, group and permissions of the one that it is going to replace. Where we may
// not give files away, it stays ours, and a group that had no right to the old one gets none. Throws kOther
// when the mode cannot be set.
void keep_owner_and_mode(int file, const struct stat& replaced);

}  // namespace imgcrypt
