// What Docker Engine needs. It writes the configuration of its containerd at each start, and containerd's
// defaults call ctd-decoder from PATH with the default key directory: so all that can be set is that Docker
// keeps its images in containerd. Used by `imgcrypt config`. Pure functions, apart from reading files.
#pragma once

#include "node/daemons/file_edit.hpp"

#include <string>

namespace imgcrypt {

inline constexpr const char* kDockerConfig = "/etc/docker/daemon.json";

// The whole file, where there is none.
[[nodiscard]] std::string docker_config();

// Adds features.containerd-snapshotter to the file, which otherwise keeps its bytes, with a backup. Throws
// kRefused if the file is not JSON, or turns the feature off.
[[nodiscard]] FileEdits install_docker(const std::string& path, const std::string& below);
// Throws kRefused if the file has changed since it was installed.
[[nodiscard]] FileEdits uninstall_docker(const std::string& path, const std::string& below);

}  // namespace imgcrypt
