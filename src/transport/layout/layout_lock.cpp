#include "transport/layout/layout_lock.hpp"

#include "base/cancel.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <thread>

namespace imgcrypt {
namespace {

constexpr std::chrono::seconds kSilent{1};
constexpr std::chrono::milliseconds kBetweenTries{10};

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

// False when another program holds it. A signal may be a cancel.
bool try_lock(int file, int how, const std::string& path) {
  while (::flock(file, LOCK_EX | how) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw errno_error("lock " + path);
    throw_if_cancelled();
  }
  return true;
}

void lock(int file, const std::string& path, const Warn& warn) {
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < kSilent) {
    if (try_lock(file, LOCK_NB, path)) return;
    std::this_thread::sleep_for(kBetweenTries);
    throw_if_cancelled();
  }
  if (warn) warn("waiting for another program that writes to " + path);
  (void)try_lock(file, 0, path);
}

// A named temporary file whose lock can be taken has no writer any more. Failures do not matter: the next
// writer sweeps again.
void sweep(const LayoutDirectory& directory, HashAlgorithm algorithm) {
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
    if (file.is_open() && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
      ::unlinkat(folder->get(), name.c_str(), 0);
  }
}

}  // namespace

LayoutLock::LayoutLock(const LayoutDirectory& directory, const Warn& warn)
    : file_(open_version_file(directory)) {
  lock(file_.get(), directory.path(), warn);
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512})
    sweep(directory, algorithm);
}

}  // namespace imgcrypt
