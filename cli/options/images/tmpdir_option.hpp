// --tmpdir: where what must be kept on the way goes, e.g. an archive that comes from a pipe. Unnamed files
// that only this user can read.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>

namespace imgcrypt::cli {

struct TmpdirOption {
  std::string directory;

  void add_to(CLI::App& command) {
    command
        .add_option("--tmpdir", directory,
                    "directory for temporary files, such as an archive from a pipe (default: TMPDIR, else "
                    "/var/tmp)")
        ->type_name("DIR");
  }
  [[nodiscard]] std::filesystem::path value() const;
};

}  // namespace imgcrypt::cli
