// The system calls that the phases of the decoder need, as seccomp filters (seccomp(2)) made by libseccomp.
// What a filter does not list ends the process with SIGSYS. Filters add up: a later one only takes away. For
// the sandbox alone.
#pragma once

#include <sys/types.h>

namespace imgcrypt::streamproc {

// Whether this kernel has seccomp filters, and may be asked for one. Under a sanitizer, whose own system
// calls no list could name, there are none.
[[nodiscard]] bool has_seccomp() noexcept;

// Files are opened for reading, threads started; `broker`, unless it is 0, may be sent SIGTERM.
// These throw kOther when the kernel refuses. REQUIRES: has_seccomp(), and no_new_privs is set.
void allow_opening(pid_t broker);
// For all threads, those that run already too: what is open is read and written; threads cannot be started
// (EAGAIN), files not be opened (EACCES).
void allow_writing();
// For the holder of stdout: it reads a pipe, writes a line, asks whether a process lives, sleeps, ends.
void allow_holding();

}  // namespace imgcrypt::streamproc
