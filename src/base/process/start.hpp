// The first act of each of our programs. A parent may hand on closed descriptors, ignored or blocked signals
// and other settings that nobody expects; afterwards they are what the rest of the program relies on. For
// mains only: it changes the whole process.
#pragma once

#include <unistd.h>

namespace imgcrypt {

// REQUIRES: no thread has been started and no file opened.
// Descriptors: each of 0 to `last` that is closed becomes /dev/null, so that no later file gets its number
// and, with it, what is meant for stdout or stderr. It is open for reading only: reading finds the end,
// writing fails. Signals: none is blocked; SIGCHLD has its default, for an ignored one hides how a child
// ended; SIGPIPE and SIGXFSZ are ignored, so that the write fails instead; install_cancel_handler. Secrets:
// no core file, no tracing by processes of the same user. Throws as errno_error when a descriptor is closed
// and /dev/null cannot be opened.
void prepare_process(int last = STDERR_FILENO);

}  // namespace imgcrypt
