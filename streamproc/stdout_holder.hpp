// Keeps stdout open past our death, so that a failure is never taken for success: containerd looks at the
// exit status right after stdout closes and may do so before it was set (containerd issue 6914). A child of
// ours holds stdout until we have been reaped, for two seconds at most; when we are killed, it is also the
// one who says so, on stderr. It has a process group of its own, and lives on when ours is killed.
// docs/design.md, "The decoder", tells the whole story. One thread at a time; call it from the process that
// made it.
#pragma once

#include "base/process/fd.hpp"

#include <sys/types.h>

namespace imgcrypt::streamproc {

class StdoutHolder {
 public:
  // Starts the child, which keeps a copy of our memory: comes before keys are read, and before anything that
  // may fail. Throws kOther. There is no destructor: whatever ends us without succeed() is a failure.
  StdoutHolder();

  [[nodiscard]] pid_t child() const noexcept { return child_; }

  // All of the layer has been written and the exit status will be 0: ends the child, so that stdout closes
  // with us. Returns when it has ended. Throws kOther when it was killed.
  void succeed();

  // The reason of a failure is on stderr, so the child has nothing to say there when we end.
  void failure_is_told() noexcept;

 private:
  Fd word_;  // the pipe's end that only we hold: a byte says how we end, its end that we have
  pid_t child_ = -1;
};

}  // namespace imgcrypt::streamproc
