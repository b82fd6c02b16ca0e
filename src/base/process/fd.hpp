// File descriptors: owned, read from and written to. EINTR is handled here and nowhere else.
#pragma once

#include "base/secret_bytes.hpp"

#include <imgcrypt/error.hpp>

#include <string>
#include <utility>

namespace imgcrypt {

// "what: text of errno"; kNotFound for ENOENT, kOther for the rest.
[[nodiscard]] Error errno_error(const std::string& what, int error_number);
[[nodiscard]] Error errno_error(const std::string& what);  // of the present errno

class Fd {
 public:
  Fd() noexcept = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  void reset() noexcept;

 private:
  int fd_ = -1;
};

// One read(2), again after EINTR unless cancelled. 0 is the end. `what` names the file in errors.
[[nodiscard]] std::size_t read_some(int fd, MutableByteView buffer, const std::string& what);
// As read_some at `offset`, which the file's own position is independent of.
[[nodiscard]] std::size_t read_some_at(int fd, MutableByteView buffer, std::uint64_t offset,
                                       const std::string& what);
void write_all(int fd, ByteView bytes, const std::string& what);

// The whole of a small file or stream that holds a secret. kRefused above `limit` bytes.
[[nodiscard]] SecretBytes read_secret(int fd, std::size_t limit, const std::string& what);
// Opens `path` (kNotFound if it is missing) and reads it so.
[[nodiscard]] SecretBytes read_secret_file(const std::string& path, std::size_t limit);

}  // namespace imgcrypt
