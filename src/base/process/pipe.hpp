// Pipes between us and our children. Used by ChildProcess, DeathWatch and spawn.
#pragma once

#include "base/process/fd.hpp"

namespace imgcrypt {

// Whoever waits for the end of a pipe must close its own copy of the write end first.
struct Pipe {
  Fd read_end;
  Fd write_end;
};

// Both ends close on exec, and neither is one of the three standard descriptors, even where those are closed.
// Throws kOther when there may be no more open files.
[[nodiscard]] Pipe make_pipe();

}  // namespace imgcrypt
