// Pipes between us and our children.
#pragma once

#include "base/process/fd.hpp"

namespace imgcrypt {

struct Pipe {
  Fd read_end;
  Fd write_end;
};

// Both ends close on exec, and are none of the three standard descriptors. Throws kOther.
[[nodiscard]] Pipe make_pipe();

}  // namespace imgcrypt
