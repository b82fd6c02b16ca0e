#include "transport/files/file_lock.hpp"

#include "base/cancel.hpp"
#include "base/process/fd.hpp"

#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace imgcrypt {
namespace {

constexpr std::chrono::seconds kSilent{1};
constexpr std::chrono::milliseconds kBetweenTries{10};

// Returns the error's number, 0 for none. A signal may be a cancel.
int try_lock(int file, int how) {
  while (::flock(file, LOCK_EX | how) != 0) {
    if (errno != EINTR) return errno;
    throw_if_cancelled();
  }
  return 0;
}

int wait_for_lock(int file, const std::string& path, const Warn& warn) {
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < kSilent) {
    const int failure = try_lock(file, LOCK_NB);
    if (failure != EWOULDBLOCK) return failure;
    std::this_thread::sleep_for(kBetweenTries);
    throw_if_cancelled();
  }
  if (warn) warn("waiting for another program that writes to " + path);
  return try_lock(file, 0);
}

}  // namespace

void lock_file(int file, const std::string& path, const Warn& warn) {
  const int failure = wait_for_lock(file, path, warn);
  if (failure != 0) throw errno_error("lock " + path, failure);
}

void lock_directory(int directory, const std::string& path, const Warn& warn) {
  const int failure = wait_for_lock(directory, path, warn);
  if (failure != 0 && failure != EBADF && failure != ENOLCK && failure != EOPNOTSUPP)
    throw errno_error("lock " + path, failure);
}

}  // namespace imgcrypt
