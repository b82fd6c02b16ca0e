// What stdout is called in errors.
#pragma once

#include <string>

namespace imgcrypt {

// "stdout (/tmp/result)" if it is a file, "stdout" if it is a pipe or a terminal, "stdout (closed)" if the
// program was started without one.
[[nodiscard]] std::string stdout_name();

}  // namespace imgcrypt
