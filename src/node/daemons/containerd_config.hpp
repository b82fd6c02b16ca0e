// containerd's configuration as it is in force: the main file and all that it imports, read as containerd
// reads them. For commands that look after a node. What is not of interest to them is passed over. Values;
// safe for use by several threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// A table stream_processors."NAME": a program that containerd sends layers of certain media types through.
struct StreamProcessor {
  std::string name;
  std::vector<std::string> accepts;  // media types
  std::string returns;
  std::string path;  // without a slash it is looked for in containerd's PATH
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string file;  // that it is from
};

// What no file says is empty; containerd's defaults are not filled in. Paths are as containerd sees them.
struct ContainerdConfig {
  std::vector<std::string> files;    // in the order in which they are read; later ones are stronger
  std::vector<std::string> imports;  // patterns of all files, absolute
  std::optional<int> version;        // of the main file, if it says one
  std::string root;
  std::string state;
  std::string address;                      // of its socket
  std::vector<StreamProcessor> processors;  // each name once
  std::string pull_timeout;                 // CRI's image_pull_progress_timeout, a duration of Go
  std::string pull_timeout_file;
};

// Files are looked for in the directory `below`, as in a chroot: that of an image which is being built, or
// /proc/PID/root. Empty: the root directory.
// Relative imports are resolved against the file that has them. (containerd 1.x resolves those with a *
// against its own working directory instead.) A main file that does not exist gives a config without files:
// containerd has its defaults then. Throws kRefused, naming the file, if one is not TOML, is larger than 1
// MiB, has values of the wrong type, or if an import that is not a pattern does not exist, which
// containerd does not start with; kOther if one cannot be read.
[[nodiscard]] ContainerdConfig read_containerd_config(const std::string& file, const std::string& below = {});

// Whether one of the patterns of the imports stands for this file, which need not exist.
[[nodiscard]] bool imports_file(const ContainerdConfig& config, const std::string& file);

}  // namespace imgcrypt
