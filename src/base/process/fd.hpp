// File descriptors: owned, read from and written to. The functions here wait for descriptors that somebody
// made non-blocking, as whoever shares a pipe or terminal with us may, and go on after signals that do not
// cancel. Safe for several threads, except that an Fd belongs to one.
#pragma once

#include "base/secret_bytes.hpp"

#include <imgcrypt/error.hpp>

#include <string>
#include <utility>

namespace imgcrypt {

// "what: text of errno", with a hint where the cure is known; kNotFound for ENOENT, kOther for the rest.
// EINTR is kCancelled once a signal has cancelled.
[[nodiscard]] Error errno_error(const std::string& what, int error_number);
[[nodiscard]] Error errno_error(const std::string& what);  // of the present errno

// Owns a descriptor, or none, and closes it at its end. An error of close(2) is lost: whoever must know that
// the bytes are on the disk calls fsync(2) before.
class Fd {
 public:
  Fd() noexcept = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}  // a failed open's -1 is none
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  // For system calls; stays owned. -1 if there is none.
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  // Closes it now; does nothing if there is none.
  void reset() noexcept;

 private:
  int fd_ = -1;
};

// One read(2): returns the number of bytes, 0 at the end. `what` names the file in errors. Throws as
// errno_error, kCancelled when a signal comes while it waits.
[[nodiscard]] std::size_t read_some(int fd, MutableByteView buffer, const std::string& what);
// As read_some at `offset`, which the file's own position is independent of.
[[nodiscard]] std::size_t read_some_at(int fd, MutableByteView buffer, std::uint64_t offset,
                                       const std::string& what);
// Writes every byte, in one write(2) where the system takes it so. Throws as read_some; then some of the
// bytes may have been written.
void write_all(int fd, ByteView bytes, const std::string& what);
// The same for a file. If its file system or the quota is full, the error also says how many bytes the file
// still needs: those that are left of `bytes`, and `more` that are to come after them.
void write_file(int fd, ByteView bytes, const std::string& what, std::uint64_t more = 0);

// The whole of a small file or stream that holds a secret, at most `limit` bytes; throws kRefused for more,
// or as read_some.
[[nodiscard]] SecretBytes read_secret(int fd, std::size_t limit, const std::string& what);
// Opens `path` (kNotFound if it is missing) and reads it so.
[[nodiscard]] SecretBytes read_secret_file(const std::string& path, std::size_t limit);

// The whole of a small file, from where it is, in memory. Throws kRefused, naming `what`, when there are more
// than `limit` bytes, of which at most one more is read; and whatever read_some throws.
[[nodiscard]] Bytes read_all(int fd, std::size_t limit, const std::string& what);

}  // namespace imgcrypt
