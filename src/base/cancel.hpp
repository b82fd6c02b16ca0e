// Cancelling by signal. The programs install the handler when they start (base/process/start.hpp); long loops
// then call throw_if_cancelled. Without the handler, nothing is ever cancelled. All of it is safe in every
// thread.
#pragma once

namespace imgcrypt {

// From now on SIGINT, SIGTERM and SIGHUP do not end the process but set a flag and interrupt system calls
// that wait (EINTR). After the first signal this is repeated every second with SIGALRM, because a call that
// began after the flag was checked and before the signal came would otherwise wait for ever. A process that
// was started with SIGINT or SIGHUP ignored, e.g. by `nohup` or with a shell's `&`, goes on ignoring it.
void install_cancel_handler();

// 0 until a signal has come, then the number of the last one.
[[nodiscard]] int cancel_signal() noexcept;

// Throws Error(kCancelled) from the first signal on, each time it is called.
void throw_if_cancelled();

}  // namespace imgcrypt
