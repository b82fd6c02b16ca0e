#include "transport/archive/archive_lock.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

namespace imgcrypt {
namespace {

std::optional<struct stat> file_at(const std::filesystem::path& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  throw errno_error("look at " + path.string());
}

bool is_same_file(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool is_same_content(const struct stat& one, const struct stat& other) {
  return is_same_file(one, other) && one.st_size == other.st_size &&
         one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

// For writing where that is allowed, as NFS locks nothing that is only open for reading. Never waits for a
// pipe.
Fd open_to_lock(const std::filesystem::path& file) {
  constexpr int kFlags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  Fd writable(::open(file.c_str(), O_RDWR | kFlags));
  return writable.is_open() ? std::move(writable) : Fd(::open(file.c_str(), O_RDONLY | kFlags));
}

}  // namespace

ArchiveLock::ArchiveLock(std::filesystem::path path, const Warn& warn) : path_(std::move(path)) {
  while (!lock_what_is_there(warn)) {
  }
}

bool ArchiveLock::lock_what_is_there(const Warn& warn) {
  locked_ = open_to_lock(path_);
  if (!locked_.is_open() && errno == ENOENT) {
    const std::filesystem::path above = path_.parent_path();
    locked_ = Fd(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!locked_.is_open()) throw errno_error("open " + above.string());
    lock_directory(locked_.get(), path_, warn);
    file_.reset();
    return !file_at(path_);
  }
  struct stat status = {};
  if (!locked_.is_open() || ::fstat(locked_.get(), &status) != 0) throw errno_error("open " + path_.string());
  lock_file(locked_.get(), path_, warn);
  file_ = file_at(path_);
  return file_ && is_same_file(*file_, status);
}

void ArchiveLock::require_unchanged() const {
  const auto now = file_at(path_);
  if (now.has_value() == file_.has_value() && (!now || is_same_content(*now, *file_))) return;
  throw Error(ErrorCode::kOther, "another program changed " + path_.string() + " while this one ran",
              "run it again");
}

}  // namespace imgcrypt
