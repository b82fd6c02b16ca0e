#include "base/process/fd.hpp"

#include "base/cancel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace imgcrypt {
namespace {

constexpr std::size_t kLeastRead = 4096;  // bytes, of what may turn out to be small

// Until the call works. Whoever shares a descriptor with us, such as a terminal or a pipe, may have made it
// non-blocking.
template <typename Call, typename Failure>
std::size_t retry(int fd, short event, Call call, Failure failure) {
  while (true) {
    const ssize_t result = call();
    if (result >= 0) return static_cast<std::size_t>(result);
    pollfd wanted = {fd, event, 0};
    // A signal ends poll too, so that a cancel is noticed below in both cases.
    if (errno == EAGAIN) {
      ::poll(&wanted, 1, -1);
    } else if (errno != EINTR) {
      throw failure(errno);
    }
    throw_if_cancelled();
  }
}

template <typename Failure>
void write_or(int fd, ByteView bytes, Failure failure) {
  while (!bytes.empty()) {
    const auto call = [&] { return ::write(fd, bytes.data(), bytes.size()); };
    bytes = bytes.subspan(retry(fd, POLLOUT, call, [&](int error) { return failure(error, bytes.size()); }));
    // A signal that cut a write short must not be followed by one that blocks.
    if (!bytes.empty()) throw_if_cancelled();
  }
}

// ": No space left on device (3000 more bytes are needed, 512 are available)"
Error space_error(int fd, const std::string& what, int error_number, std::uint64_t needed) {
  const Error error = errno_error(what, error_number);
  if (error_number != ENOSPC && error_number != EDQUOT) return error;
  std::string space =
      std::to_string(needed) + (needed == 1 ? " more byte is" : " more bytes are") + " needed";
  struct statvfs status = {};
  // What the file system has left says nothing of a quota.
  if (error_number == ENOSPC && ::fstatvfs(fd, &status) == 0 && status.f_blocks > 0)
    space += ", " + std::to_string(std::uint64_t{status.f_bavail} * status.f_frsize) + " are available";
  return {error.code(), error.message() + " (" + space + ")", error.hint()};
}

std::string cure_of(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return "free some space there, or choose another place";
    case EACCES:
    case EPERM:
      return "run it as a user who may do that, or change the permissions";
    case EROFS:
      return "choose a place that is not mounted read-only";
    case EMFILE:
      return "allow more open files: see ulimit -n";
    default:
      return {};
  }
}

}  // namespace

Error errno_error(const std::string& what, int error_number) {
  if (error_number == EINTR && cancel_signal() != 0) return {ErrorCode::kCancelled, "cancelled"};
  const ErrorCode code = error_number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kOther;
  return {code, what + ": " + std::generic_category().message(error_number), cure_of(error_number)};
}

Error errno_error(const std::string& what) { return errno_error(what, errno); }

void Fd::reset() noexcept {
  // Not repeated after EINTR: Linux has freed the number even then, and it may be another thread's by now.
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::size_t read_some(int fd, MutableByteView buffer, const std::string& what) {
  const auto call = [&] { return ::read(fd, buffer.data(), buffer.size()); };
  return retry(fd, POLLIN, call, [&](int error) { return errno_error(what, error); });
}

std::size_t read_some_at(int fd, MutableByteView buffer, std::uint64_t offset, const std::string& what) {
  const auto call = [&] { return ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset)); };
  return retry(fd, POLLIN, call, [&](int error) { return errno_error(what, error); });
}

void write_all(int fd, ByteView bytes, const std::string& what) {
  write_or(fd, bytes, [&](int error, std::size_t) { return errno_error(what, error); });
}

void write_file(int fd, ByteView bytes, const std::string& what, std::uint64_t more) {
  write_or(fd, bytes, [&](int error, std::size_t left) { return space_error(fd, what, error, left + more); });
}

SecretBytes read_secret(int fd, std::size_t limit, const std::string& what) {
  // One byte more tells what is as long as the limit from what is longer.
  SecretBytes secret(std::min<std::size_t>(limit + 1, 4096));
  std::size_t used = 0;
  while (const std::size_t size = read_some(fd, secret.expose_mutable().subspan(used), what)) {
    used += size;
    if (used < secret.size()) continue;
    if (used > limit)
      throw Error(ErrorCode::kRefused, what + " holds more than " + std::to_string(limit) + " bytes");
    SecretBytes larger(std::min(limit + 1, used * 2));
    std::ranges::copy(secret.expose(), larger.expose_mutable().begin());
    secret = std::move(larger);
  }
  secret.truncate(used);
  return secret;
}

SecretBytes read_secret_file(const std::string& path, std::size_t limit) {
  // O_NOCTTY: a terminal that is named as a file must not become ours.
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) throw errno_error(path);
  return read_secret(file.get(), limit, path);
}

Bytes read_all(int fd, std::size_t limit, const std::string& what) {
  Bytes bytes;
  while (true) {
    const std::size_t used = bytes.size();
    bytes.resize(std::min(limit + 1,
                          used + std::max(kLeastRead, used)));  // one more byte tells that there are too many
    const std::size_t size = read_some(fd, MutableByteView(bytes).subspan(used), what);
    bytes.resize(used + size);
    if (size == 0) return bytes;
    if (bytes.size() > limit)
      throw Error(ErrorCode::kRefused, what + " is larger than " + std::to_string(limit) + " bytes");
  }
}

}  // namespace imgcrypt
