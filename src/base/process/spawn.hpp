// Starts a program from a process that may have threads.
#pragma once

#include "base/process/death_watch.hpp"
#include "base/process/fd.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace imgcrypt {

struct Program {
  std::string path;  // looked for in PATH when it has no slash
  std::vector<std::string> arguments;
};

// The program gets the three descriptors and no other of ours, a process group of its own that `watch` knows
// before the program runs, default signals, our environment and directory. Throws kNotFound or kOther, naming
// it.
[[nodiscard]] pid_t spawn(const Program& program, const Fd& input, const Fd& output, const Fd& errors,
                          const DeathWatch& watch);

}  // namespace imgcrypt
