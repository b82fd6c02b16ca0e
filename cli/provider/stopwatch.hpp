// How long something took, as text, for `imgcrypt provider`. Belongs to one thread.
#pragma once

#include "cli/terminal/units.hpp"

#include <chrono>

namespace imgcrypt::cli {

// Runs from its making on.
class Stopwatch {
 public:
  [[nodiscard]] double milliseconds() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
  }
  // "3.1 ms"
  [[nodiscard]] std::string text() const { return decimal(milliseconds()) + " ms"; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace imgcrypt::cli
