#include "transport/layout/layout_lock.hpp"

#include "transport/files/pending_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace imgcrypt {
namespace {

// Linked to its name when it is complete, so that no reader finds it empty. Two writers may do so at the same
// time; the second finds it there, and both lock the same file. A kill in between leaves thirty bytes under a
// temporary name.
void make_version_file(const LayoutDirectory& directory) {
  const std::string name = temporary_name();
  const Fd file(
      ::openat(directory.fd(), name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.is_open()) throw errno_error("create " + directory.path() + "/oci-layout");
  write_file(file.get(), as_bytes(R"({"imageLayoutVersion":"1.0.0"})"),
             "write " + directory.path() + "/oci-layout");
  if (::fsync(file.get()) != 0) throw errno_error("fsync " + directory.path() + "/oci-layout");
  const int status = ::linkat(directory.fd(), name.c_str(), directory.fd(), "oci-layout", 0);
  const int failure = errno;
  ::unlinkat(directory.fd(), name.c_str(), 0);
  if (status != 0 && failure != EEXIST)
    throw errno_error("create " + directory.path() + "/oci-layout", failure);
}

// For writing where that is allowed, as NFS locks nothing that is only open for reading.
Fd open_version_file(const LayoutDirectory& directory) {
  auto file = open_regular_file(directory.fd(), "oci-layout");
  if (!file) {
    make_version_file(directory);
    file = open_regular_file(directory.fd(), "oci-layout");
  }
  if (!file)
    throw Error(ErrorCode::kOther, directory.path() + "/oci-layout was removed by another program",
                "run it again");
  Fd writable(
      ::openat(directory.fd(), "oci-layout", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  return writable.is_open() ? std::move(writable) : std::move(*file);
}

}  // namespace

// A named temporary file whose lock can be taken has no writer any more.
void for_each_abandoned(
    const LayoutDirectory& directory, HashAlgorithm algorithm,
    const std::function<void(int folder, const std::string& name, std::uint64_t size)>& visit) {
  const auto folder = directory.open_blob_directory(algorithm);
  if (!folder) return;
  const auto close = [](DIR* stream) { ::closedir(stream); };
  // fdopendir() takes over what it is given, and closedir() closes it.
  const int copy = ::openat(folder->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return;
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(copy), close);
  if (!stream) return;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (!name.starts_with(kTemporaryPrefix)) continue;
    // O_NONBLOCK and O_NOFOLLOW, since somebody else may have put a FIFO or link there under such a name.
    const Fd file(::openat(folder->get(), name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status = {};
    if (file.is_open() && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 && ::fstat(file.get(), &status) == 0)
      visit(folder->get(), name, static_cast<std::uint64_t>(status.st_size));
  }
}

LayoutLock::LayoutLock(const LayoutDirectory& directory, const Warn& warn)
    : file_(open_version_file(directory)) {
  lock_file(file_.get(), directory.path(), warn);
  // Failures do not matter: the next writer sweeps again.
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
    for_each_abandoned(directory, algorithm, [](int folder, const std::string& name, std::uint64_t) {
      ::unlinkat(folder, name.c_str(), 0);
    });
  }
}

}  // namespace imgcrypt
