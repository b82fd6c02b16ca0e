// What `imgcrypt doctor` prints of its findings. For the main thread.
#pragma once

#include "cli/terminal/output.hpp"
#include "node/examine/finding.hpp"

namespace imgcrypt::cli {

// Those that are fine come as one line each, others with why they matter, broken to the terminal's width, and
// the cure, which stays one line. The result of -o json has them all. Throws kOther, when it has been
// printed, if one is a fault.
void report(const Findings& findings, Output& output);

}  // namespace imgcrypt::cli
