// --dry-run: a command prints what it would do and writes nothing. Documents are still read and keys still
// tried, so what would fail there fails here too; layers are not read.
#pragma once

#include "image/change/dry_run.hpp"

#include <CLI/CLI.hpp>

namespace imgcrypt::cli {

struct DryRunOption {
  bool is_given = false;

  void add_to(CLI::App& command) {
    command.add_flag("--dry-run", is_given, "print what would be done, but write nothing");
  }
  [[nodiscard]] DryRun value() const noexcept { return is_given ? DryRun::kYes : DryRun::kNo; }
};

}  // namespace imgcrypt::cli
