// Starts a program by posix_spawn, which threads do not disturb.
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace imgcrypt {

struct Program {
  std::string path;  // looked for in PATH when it has no slash
  std::vector<std::string> arguments;
};

struct Pipe {
  Fd read_end;
  Fd write_end;
};

// Both ends close on exec.
[[nodiscard]] Pipe make_pipe();

// The program gets the three descriptors and no other of ours, a process group of its own, default signals,
// our environment and directory. Throws kNotFound or kOther, naming it.
[[nodiscard]] pid_t spawn(const Program& program, const Fd& input, const Fd& output, const Fd& errors);

}  // namespace imgcrypt
