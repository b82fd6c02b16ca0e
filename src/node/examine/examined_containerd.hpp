// A containerd as the examinations see it: one that runs, or a configuration for one that does not. Made once
// by find_containerds(); values, safe for use by several threads.
#pragma once

#include "node/daemons/containerd_config.hpp"
#include "node/daemons/containerd_version.hpp"
#include "node/daemons/running_containerd.hpp"
#include "node/examine/finding.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

struct ExaminedContainerd {
  std::optional<RunningContainerd> running;
  std::string config_file;
  ContainerdConfig config;                   // as far as it could be read
  std::optional<ContainerdVersion> version;  // nullopt: not known
  std::string below;  // the directory that is its root, empty for ours; see read_containerd_config
  Findings findings;  // what its process and its configuration files tell

  // "containerd (process 71)".
  [[nodiscard]] std::string name() const;
  [[nodiscard]] ContainerdOwner owner() const noexcept;
  // Whether programs at its paths may be started by us: they are those of this machine.
  [[nodiscard]] bool has_our_programs() const noexcept { return below.empty(); }
  // The command that gives it our stream processors; empty where there is none, as Docker's.
  [[nodiscard]] std::string config_command() const;
  [[nodiscard]] std::string restart_command() const;
};

// Which containerds are wanted.
struct ContainerdChoice {
  std::string config;   // only those that read this file; empty: all that run, else a usual file
  std::string version;  // of all of them, as the user says it; empty: they are asked
  std::string root;     // the directory that is the node's root; nothing runs there. Empty: this machine
  std::optional<ContainerdOwner> owner = {};  // only those that it starts
  bool need_not_be = false;                   // something else on this node may run images
};

// Also has an entry, with a fault, for a containerd that should run and does not. Throws kOther if the
// processes cannot be listed; kCancelled.
[[nodiscard]] std::vector<ExaminedContainerd> find_containerds(const ContainerdChoice& choice);

}  // namespace imgcrypt
