// Cancelling by signal. The programs install the handler as they start (base/process/start.hpp); long loops
// then call throw_if_cancelled. Without the handler nothing is ever cancelled. Safe from every thread.
#pragma once

namespace imgcrypt {

// SIGINT, SIGTERM and SIGHUP no longer end the process but set a flag, and interrupt system calls that wait,
// again each second: one that began between a look at the flag and the signal would wait for ever. Those
// started with SIGINT or SIGHUP ignored, as by `nohup` and a shell's `&`, go on ignoring it.
void install_cancel_handler();

// 0 until a signal came, then the number of the last.
[[nodiscard]] int cancel_signal() noexcept;

// Throws Error(kCancelled) once a signal came.
void throw_if_cancelled();

}  // namespace imgcrypt
