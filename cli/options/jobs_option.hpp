// --jobs: how many layers a command works on at the same time.
#pragma once

#include <CLI/CLI.hpp>

namespace imgcrypt::cli {

struct JobsOption {
  unsigned jobs = 0;  // 0: not given; the parser lets 1 to 1024 through

  void add_to(CLI::App& command);
  // At least 1. If not given, the number of cores; 1 where the system does not tell it.
  [[nodiscard]] unsigned value() const;
};

}  // namespace imgcrypt::cli
