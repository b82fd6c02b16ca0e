// Cancelling by signal. A program that wants SIGINT and SIGTERM to end work cleanly installs the handler
// once; long loops then call throw_if_cancelled. Safe from every thread.
#pragma once

namespace imgcrypt {

void install_cancel_handler();

// 0 until a signal came, then its number.
[[nodiscard]] int cancel_signal() noexcept;

// Throws Error(kCancelled) once a signal came.
void throw_if_cancelled();

}  // namespace imgcrypt
