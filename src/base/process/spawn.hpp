// Starts a program from a process that may have threads. Used by ChildProcess.
#pragma once

#include "base/process/death_watch.hpp"
#include "base/process/fd.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

struct Program {
  std::string path;  // looked for in PATH when it has no slash
  // Without argv[0], which is `path` as it is written here.
  std::vector<std::string> arguments;
};

// The file that would be started: `path` itself, or where PATH has it. nullopt if there is none that this
// process may execute. REQUIRES: no other thread changes the environment meanwhile.
[[nodiscard]] std::optional<std::string> find_program(const std::string& path);

// Returns the id of the child, which the caller must reap after it has told `watch` to forget it. The program
// gets the three descriptors and no other of ours, a process group of its own that `watch` knows before the
// program runs, default signals of which none is blocked, our environment and directory. Throws kNotFound or
// kOther, naming it, when it cannot be started; then nothing is left of it.
[[nodiscard]] pid_t spawn(const Program& program, const Fd& input, const Fd& output, const Fd& errors,
                          const DeathWatch& watch);

}  // namespace imgcrypt
