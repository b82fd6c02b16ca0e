// Keeps stdout open past our death, so that a failure is never taken for success: containerd looks at the
// exit status right after stdout closes and may do so before it was set (containerd issue 6914). A child of
// ours holds stdout until we have been reaped. docs/design.md, "The decoder", tells the whole story.
#pragma once

#include "base/process/fd.hpp"

#include <sys/types.h>

namespace imgcrypt::streamproc {

class StdoutHolder {
 public:
  // Forks: call it before any thread is started.
  StdoutHolder();

  [[nodiscard]] pid_t child() const noexcept { return child_; }

  // Success: stdout may close with us. Without this call it is held. Returns when the child has ended.
  void release();

 private:
  Fd word_;
  pid_t child_ = -1;
};

}  // namespace imgcrypt::streamproc
