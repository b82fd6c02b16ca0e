// What becomes of the files of a node: values that are planned first, shown, and then applied together. A
// file is replaced at once or not at all, and a failure undoes what was done before it. For one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

struct FileEdit {
  std::string path;                   // as the node names it
  std::optional<std::string> before;  // what it holds now; nullopt: it does not exist
  std::optional<std::string> after;   // nullopt: it is removed, and the directory it leaves empty as well
  // A file whose owner and mode a new one gets, as its copy may be as secret; empty: mode 0644.
  std::string like = {};

  bool operator==(const FileEdit&) const = default;
  // Edits that change nothing are skipped.
  [[nodiscard]] bool changes() const noexcept { return before != after; }
};

using FileEdits = std::vector<FileEdit>;

// What a file of the node holds; nullopt if it does not exist. `below` is the directory that the node's root
// is, empty for this machine's own; see read_containerd_config. Throws as read_config_file.
[[nodiscard]] std::optional<std::string> content_of(const std::string& path, const std::string& below);

// Applies the edits in this order. Directories that are missing are made. A link is followed, and a file that
// is replaced keeps its owner and mode. Throws kRefused if a file no longer holds what the edit says, kOther
// if the system fails; all files then are as they were before, unless that fails as well, which the error
// says. Throws kUsage where a path is not absolute.
void apply(const FileEdits& edits, const std::string& below);

// The copy that is kept of a file which is edited in place.
[[nodiscard]] std::string backup_of(const std::string& path);

}  // namespace imgcrypt
