// When a process was started. Safe for use by several threads.
#pragma once

#include <sys/types.h>

#include <ctime>
#include <optional>

namespace imgcrypt {

// In seconds since the epoch, rounded down, by the present clock: right unless the clock was set meanwhile.
// nullopt if there is no such process. See proc_pid_stat(5).
[[nodiscard]] std::optional<std::time_t> start_of_process(pid_t pid);

}  // namespace imgcrypt
