// The version of a containerd, as far as its configuration depends on it. Values; safe for use by several
// threads.
#pragma once

#include "node/daemons/running_containerd.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

struct ContainerdVersion {
  int major = 0;
  int minor = 0;

  auto operator<=>(const ContainerdVersion&) const = default;
  [[nodiscard]] std::string text() const { return std::to_string(major) + "." + std::to_string(minor); }
  // The newest `version` of configuration files that all of this major version read: containerd 1.5 to 1.7
  // know 2, containerd 2.0 and later 3 and also 2.
  [[nodiscard]] int config_version() const noexcept { return major < 2 ? 2 : 3; }
};

// "1.6", "1.6.20~ds1", "v2.1.0-rc.1", "2.1+"; nullopt for anything else.
[[nodiscard]] std::optional<ContainerdVersion> parse_containerd_version(std::string_view text);

// What the program of a containerd that runs prints for --version; nullopt if that is not a version of
// containerd. Throws kRefused where it would be unsafe to start the program, since whoever can put it there
// would become this process's user: it must be in our own mount namespace, it and its process must be root's
// or ours, and nobody else may write it. Throws kOther if it fails; kCancelled.
[[nodiscard]] std::optional<ContainerdVersion> ask_version(const RunningContainerd& containerd);

}  // namespace imgcrypt
