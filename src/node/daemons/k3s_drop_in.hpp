// What the containerd of k3s or RKE2 is told. They write its configuration at each start, from a template,
// and newer ones import a directory. Used by `imgcrypt config`. Pure functions, apart from reading files.
#pragma once

#include "node/daemons/decoder_setup.hpp"
#include "node/daemons/file_edit.hpp"

#include <optional>
#include <string>

namespace imgcrypt {

struct K3sFiles {
  // A directory that is imported, or the template.
  enum class Kind { kDropIn, kTemplate };

  Kind kind = Kind::kTemplate;
  std::string path;            // the file that is written or edited
  std::optional<int> version;  // of the configuration that it becomes part of
  std::string below;
};

// From the configuration that was written at the last start, below `data_directory`; `version` is used where
// there is none yet. Throws kNotFound if neither is known, and as read_containerd_config.
[[nodiscard]] K3sFiles k3s_files(const std::string& data_directory, std::optional<int> version,
                                 const std::string& below);

// The content of a drop-in, or the end of a template, with a mark at its beginning and at its end. Throws
// kUsage for paths that TOML or the template cannot hold.
[[nodiscard]] std::string k3s_text(const K3sFiles& files, const DecoderSetup& setup);

// A template that does not exist becomes k3s's own with our text after it; one that does gets it at its end,
// with a backup. Throws kRefused if a drop-in is not ours, or if the template has stream processors of its
// own.
[[nodiscard]] FileEdits install_k3s(const K3sFiles& files, const DecoderSetup& setup);
// The template becomes what it was, but for what others have changed in it since. Throws kRefused if the end
// of our text is not found.
[[nodiscard]] FileEdits uninstall_k3s(const K3sFiles& files);

}  // namespace imgcrypt
