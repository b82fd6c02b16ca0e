// Commands that put things back in order after a failure or a signal: they are run also when this process was
// told to end. For the main thread.
#pragma once

#include "base/process/spawn.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace imgcrypt::cli {

class LastCommands {
 public:
  // `program` is what each of them begins with. Its output goes through a file of `directory`.
  LastCommands(Program program, std::string directory)
      : program_(std::move(program)), directory_(std::move(directory)) {}

  // Its stdout, 64 KiB at most; what it says on stderr is lost. Empty if it fails, or takes more than half a
  // minute, after which it is killed: there may be nothing to put in order, and nobody could do more.
  [[nodiscard]] std::string output_of(const std::vector<std::string>& arguments) const noexcept;
  // Whether it ended with success.
  bool run(const std::vector<std::string>& arguments) const noexcept;

 private:
  [[nodiscard]] bool run_into(const Fd& output, const std::vector<std::string>& arguments) const;

  Program program_;
  std::string directory_;
  DeathWatch watch_;
};

}  // namespace imgcrypt::cli
