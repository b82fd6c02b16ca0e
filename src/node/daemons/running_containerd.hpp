// The containerds that run on this machine, as /proc shows them: the system's own, those that Docker, k3s and
// RKE2 start, and those in containers. For commands that look after a node; nothing is changed, and nothing
// that a process says of itself is believed further than a path to look at. Values; safe for use by several
// threads.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// Who starts a containerd, told by where its configuration file is.
enum class ContainerdOwner {
  kSystem,  // a service of its own, or a person
  kDocker,  // dockerd, which writes the configuration file at each start
  kK3s,     // k3s, which does so from a template
  kRke2,    // RKE2, in the same way
};

[[nodiscard]] ContainerdOwner owner_of(std::string_view config_file) noexcept;
// Where the owner keeps that file, if nothing says otherwise.
[[nodiscard]] std::string usual_config_file(ContainerdOwner owner);
// The data directory of k3s or RKE2, which `config_file` is in.
[[nodiscard]] std::string k3s_data_directory_of(const std::string& config_file);
// The command after which the owner's containerd has read its configuration again.
[[nodiscard]] std::string restart_command(ContainerdOwner owner);
// For messages: "containerd", "Docker's containerd".
[[nodiscard]] std::string_view name_of(ContainerdOwner owner) noexcept;

// All paths are absolute and meant in the process's own mount namespace; see path_for_us().
struct RunningContainerd {
  pid_t pid = 0;
  uid_t user = 0;           // its real user
  std::string program;      // its file; may have been deleted or replaced since
  std::string config_file;  // it need not exist: containerd then has its defaults
  ContainerdOwner owner = ContainerdOwner::kSystem;
  // What the command line sets, which is stronger than the configuration file.
  std::optional<std::string> root;
  std::optional<std::string> state;
  std::optional<std::string> address;
  // Its PATH, where it looks for a decoder whose path has no slash; nullopt when we may not read it, or it
  // has none.
  std::optional<std::string> search_path;
  std::string working_directory;   // empty when we may not know it
  std::string mount_namespace;     // "mnt:[4026531840]"; empty when we may not know it
  bool shares_our_mounts = false;  // and our root directory: its paths are ours

  // Where this process, the reader, finds the file: below /proc/PID/root if the mounts differ. What is there
  // belongs to whoever made that mount namespace: read it, and never start it.
  [[nodiscard]] std::string path_for_us(const std::string& path) const;
};

// In the order of their process ids. A process that ends meanwhile is left out, and so are containerd's shims
// and commands such as `containerd config dump`. `proc` is where procfs is mounted. Throws kOther if that
// cannot be listed.
[[nodiscard]] std::vector<RunningContainerd> running_containerds(const std::string& proc = "/proc");

}  // namespace imgcrypt
