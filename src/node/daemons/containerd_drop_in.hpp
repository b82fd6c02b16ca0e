// What containerd is told: a file with its stream processors, which its main configuration imports. Used by
// `imgcrypt config`. Pure functions, apart from reading files.
#pragma once

#include "node/daemons/containerd_config.hpp"
#include "node/daemons/decoder_setup.hpp"
#include "node/daemons/file_edit.hpp"

#include <optional>
#include <string>

namespace imgcrypt {

// The tables for tar, gzip and zstd layers, under the names that containerd's defaults have, which they
// replace. No others: containerd 1.x replaces the whole table of a plugin by an imported one.
// Throws kUsage for paths that TOML cannot hold.
[[nodiscard]] std::string stream_processor_tables(const DecoderSetup& setup);

// The whole file. `version` is what the main file says: a higher one would make containerd 1.x read the main
// file differently. So there is no line of it for 1 and nullopt, which mean the same.
[[nodiscard]] std::string containerd_drop_in(const DecoderSetup& setup, std::optional<int> version);

// Where the files of one containerd are, and what they hold now.
struct ContainerdFiles {
  std::string main;     // its configuration file
  std::string drop_in;  // conf.d/imgcrypt.toml beside it
  // What the main file imports. A pattern, as containerd does not start if a file is missing, and absolute,
  // as containerd 1.x takes relative patterns to be below its working directory.
  std::string pattern;
  std::string below;
};

// `main` is absolute. See read_containerd_config for `below`.
[[nodiscard]] ContainerdFiles containerd_files(const std::string& main, const std::string& below);

// What installing changes: the drop-in, the backup of the main file, and the main file, unless it imports the
// drop-in already. `version` is for a main file that has to be made. Throws kRefused where a file is not
// TOML, where the drop-in is not ours, and where another imported file or a processor of another name already
// takes encrypted layers: which of the two containerd then chooses is not defined.
[[nodiscard]] FileEdits install_containerd(const ContainerdFiles& files, const DecoderSetup& setup,
                                           int version);

// What takes that away again. The main file becomes what it was, except for what others have changed in it
// since; its backup goes if nothing was. Nothing to do gives edits that change nothing. Throws as
// without_import, and kRefused if the drop-in is not ours.
[[nodiscard]] FileEdits uninstall_containerd(const ContainerdFiles& files);

}  // namespace imgcrypt
