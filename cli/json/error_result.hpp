// How a failed command ends: its exit status, and the member `error` of its result. A signal that ended it
// comes first: whatever failed then, the signal is what ended us.
#pragma once

#include "cli/json/json_object.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt::cli {

// After a signal 128 and its number, as a shell reports a process that a signal killed; else the value of the
// ErrorCode.
[[nodiscard]] int exit_status(const Error& error);

// code (the exit status), name, message and hint.
[[nodiscard]] JsonObject error_result(const Error& error);

}  // namespace imgcrypt::cli
