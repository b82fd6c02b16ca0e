// What the decoder may still do once it reads what anybody may have put into the content store. The kernel
// holds it to that: Landlock to the files below a few directories, for reading, and to no network; seccomp to
// the system calls that decoding needs. Used by the phases, in this order: gather, shut_in, open, narrow,
// write. For the whole process and for good, so that only main asks for it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace imgcrypt::streamproc {

enum class SandboxMode {
  kOff,
  kAuto,     // as far as this kernel can
  kRequire,  // a kernel that cannot do all of it is a failure
};

struct SandboxSettings {
  // Directories, below which files may be opened for reading. One that does not exist is passed over.
  std::vector<std::string> readable;
  pid_t broker = 0;  // the one process that SIGTERM may be sent to; 0: none
};

// Allows what the phases open and write need: reading below `readable`, threads, SIGTERM to the broker. All
// else ends the process at once with SIGSYS, or fails with EACCES when Landlock refuses it. What is open
// already stays usable. Throws kOther with kRequire when this kernel lacks anything or refuses it. With kAuto
// it does without Landlock if that cannot be had, for want of open files say; a filter that is refused is
// kOther. REQUIRES: the process has one thread, and no_new_privs is set.
void shut_in(SandboxMode mode, const SandboxSettings& settings);

// Allows what writing needs and no more: no file may be opened (EACCES) and no thread started (EAGAIN) any
// longer. Throws kOther when the kernel refuses. REQUIRES: shut_in was called with this mode.
void narrow(SandboxMode mode);

// What this kernel offers: "Landlock 7, seccomp", or one of them; "none".
[[nodiscard]] std::string describe_sandbox();
// What it does not offer: "Landlock", "seccomp", "Landlock and seccomp"; empty when it has all.
[[nodiscard]] std::string missing_from_sandbox();

}  // namespace imgcrypt::streamproc
