// Whether a program can be started, without starting it. Used before work that needs it.
#pragma once

#include <string>

namespace imgcrypt {

// `path` as in Program. Throws kProvider, "start PATH: why", if there is no such program, or none that this
// process may execute. REQUIRES: no other thread changes the environment meanwhile.
void check_startable(const std::string& path);

}  // namespace imgcrypt
