#include "transport/files/owner_and_mode.hpp"

#include "base/process/fd.hpp"

#include <unistd.h>

namespace imgcrypt {
namespace {

constexpr mode_t kPermissions = 0777;
constexpr mode_t kOfGroup = 0070;
constexpr mode_t kOfOthers = 0007;

}  // namespace

void keep_owner_and_mode(int file, const struct stat& replaced) {
  struct stat now = {};
  if (::fstat(file, &now) != 0) throw errno_error("look at a new file");
  mode_t mode = replaced.st_mode & kPermissions;
  const bool is_given = (now.st_uid == replaced.st_uid && now.st_gid == replaced.st_gid) ||
                        ::fchown(file, replaced.st_uid, replaced.st_gid) == 0;
  // Another group is among those that were others before.
  if (!is_given && now.st_gid != replaced.st_gid && ::fchown(file, now.st_uid, replaced.st_gid) != 0)
    mode &= ~kOfGroup | ((mode & kOfOthers) << 3U);
  if ((now.st_mode & kPermissions) != mode && ::fchmod(file, mode) != 0)
    throw errno_error("set the mode of a new file");
}

}  // namespace imgcrypt
