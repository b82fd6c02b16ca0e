// The lock of an archive, held for as long as this object lives: an flock on the file that is replaced, or on
// its directory where there is none yet. The lock is on a file that goes, so whoever gets it looks whether it
// is still the archive. Advisory: other tools do not take it; what they did shows in require_unchanged().
#pragma once

#include "base/process/fd.hpp"
#include "transport/files/file_lock.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <optional>

namespace imgcrypt {

class ArchiveLock {
 public:
  // `path` has no links left. Waits for as long as another writer holds the lock, and says so after a second.
  // Throws kCancelled after a signal, kOther.
  ArchiveLock(std::filesystem::path path, const Warn& warn);

  // Throws kOther when the path does not lead to what it led to when the lock was taken, or that was written
  // to.
  void require_unchanged() const;

 private:
  // False when another file has come to the path while this one waited.
  [[nodiscard]] bool lock_what_is_there(const Warn& warn);

  std::filesystem::path path_;
  Fd locked_;
  std::optional<struct stat> file_;  // nullopt while there is none
};

}  // namespace imgcrypt
