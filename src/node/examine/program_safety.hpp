// Whether a program may be started by root: nobody else can have put it there. Safe for use by several
// threads.
#pragma once

#include <string>

namespace imgcrypt {

// Who else can replace the program or its directory: "others can write its directory /opt/bin (mode 0777)".
// Empty if nobody but root and this process's user can, or if it cannot be looked at. Follows links.
[[nodiscard]] std::string danger_of_program(const std::string& path);

}  // namespace imgcrypt
