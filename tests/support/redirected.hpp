// Standard descriptors of the test's own process, exchanged for a while.
#pragma once

#include "base/process/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace imgcrypt::test {

// A descriptor that is another file's as long as this lives.
class Redirected {
 public:
  Redirected(int fd, int file) : fd_(fd), kept_(::fcntl(fd, F_DUPFD_CLOEXEC, 10)) { ::dup2(file, fd); }
  ~Redirected() {
    if (kept_.is_open()) {
      ::dup2(kept_.get(), fd_);
    } else {
      ::close(fd_);
    }
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int fd_;
  Fd kept_;
};

}  // namespace imgcrypt::test
