#include "base/process/pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace imgcrypt {
namespace {

// A child puts its ends on 0 to 2 by dup2(2). An end that had such a number already could be overwritten by
// another before its turn, and dup2 onto itself would leave close-on-exec set.
Fd above_standard(Fd fd) {
  if (fd.get() > STDERR_FILENO) return fd;
  const int high = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (high < 0) throw errno_error("fcntl");
  return Fd(high);
}

}  // namespace

Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) throw errno_error("pipe");
  Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  return {above_standard(std::move(read_end)), above_standard(std::move(write_end))};
}

}  // namespace imgcrypt
