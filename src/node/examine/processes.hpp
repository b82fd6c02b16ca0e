// The processes of this machine: whether one runs, and since when. Safe for use by several threads.
#pragma once

#include <sys/types.h>

#include <ctime>
#include <optional>
#include <string>

namespace imgcrypt {

// In seconds since the epoch, rounded down, by the present clock: right unless the clock was set meanwhile.
// nullopt if there is no such process. See proc_pid_stat(5).
[[nodiscard]] std::optional<std::time_t> start_of_process(pid_t pid);

// Whether there is one whose program has this name, of 15 characters at most.
[[nodiscard]] bool process_runs(const std::string& name);

}  // namespace imgcrypt
