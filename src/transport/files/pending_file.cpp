#include "transport/files/pending_file.hpp"

#include "base/text/encoding.hpp"
#include "base/work_time.hpp"
#include "crypto/random.hpp"
#include "transport/files/owner_and_mode.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace imgcrypt {

std::string temporary_name() { return std::string(kTemporaryPrefix) + encode_hex(random_bytes(16)); }

PendingFile PendingFile::create(const Fd& directory, const std::string& path, mode_t mode) {
  // It needs no O_EXCL, which would forbid linking it to a name.
  Fd file(::openat(directory.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
  if (file.is_open()) return {std::move(file), path};
  // Network file systems have no unnamed files (old kernels say EISDIR or ENOENT).
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
    throw errno_error("create a file in " + path);
  return create_named(directory, path, mode);
}

PendingFile PendingFile::create_named(const Fd& directory, const std::string& path, mode_t mode) {
  const std::string temporary = temporary_name();
  Fd file(
      ::openat(directory.get(), temporary.c_str(), O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.is_open()) throw errno_error("create a file in " + path);
  PendingFile pending(std::move(file), path);
  pending.directory_ = Fd(::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  pending.temporary_name_ = temporary;
  if (!pending.directory_.is_open() || ::flock(pending.file_.get(), LOCK_EX | LOCK_NB) != 0)
    throw errno_error("create a file in " + path);
  return pending;
}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      directory_(std::move(other.directory_)),
      temporary_name_(std::exchange(other.temporary_name_, {})) {}

PendingFile& PendingFile::operator=(PendingFile&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(path_, other.path_);
  std::swap(directory_, other.directory_);
  std::swap(temporary_name_, other.temporary_name_);
  return *this;
}

PendingFile::~PendingFile() { unlink_temporary(); }

void PendingFile::unlink_temporary() noexcept {
  if (!temporary_name_.empty()) ::unlinkat(directory_.get(), temporary_name_.c_str(), 0);
  temporary_name_.clear();
}

void PendingFile::make_durable() const {
  const WorkTimer timer(Work::kSync);
  if (::fsync(file_.get()) != 0) throw errno_error("fsync a file in " + path_);
}

void PendingFile::take_after(int directory, const std::string& name) const {
  struct stat replaced = {};
  if (::fstatat(directory, name.c_str(), &replaced, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(replaced.st_mode))
    keep_owner_and_mode(file_.get(), replaced);
}

bool PendingFile::link(const Fd& directory, const std::string& name) {
  if (temporary_name_.empty()) return link_unnamed(directory.get(), name);
  take_after(directory.get(), name);
  // rename() replaces silently: whether the name was there decides if a failed commit may remove it.
  const bool is_free = ::faccessat(directory.get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0;
  if (::renameat(directory.get(), temporary_name_.c_str(), directory.get(), name.c_str()) != 0)
    throw errno_error("rename " + name + " in " + path_);
  temporary_name_.clear();
  return is_free;
}

bool PendingFile::link_unnamed(int directory, const std::string& name) const {
  // linkat with AT_EMPTY_PATH would need CAP_DAC_READ_SEARCH; open(2) recommends this instead.
  const std::string source = "/proc/self/fd/" + std::to_string(file_.get());
  if (::linkat(AT_FDCWD, source.c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return true;
  if (errno != EEXIST) throw errno_error("link " + name + " in " + path_);
  take_after(directory, name);
  // linkat() cannot replace, and unlinking first would leave a moment without it: so under a second
  // name, then rename.
  const std::string beside = temporary_name();
  if (::linkat(AT_FDCWD, source.c_str(), directory, beside.c_str(), AT_SYMLINK_FOLLOW) != 0)
    throw errno_error("replace " + name + " in " + path_);
  if (::renameat(directory, beside.c_str(), directory, name.c_str()) != 0) {
    const int failure = errno;
    ::unlinkat(directory, beside.c_str(), 0);
    throw errno_error("replace " + name + " in " + path_, failure);
  }
  return false;
}

}  // namespace imgcrypt
