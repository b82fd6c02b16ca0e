#include "node/daemons/running_containerd.hpp"

#include "base/process/fd.hpp"
#include "node/content_store.hpp"
#include "node/defaults.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace imgcrypt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostProcBytes = std::size_t{1} << 20U;  // of a command line or an environment
constexpr std::string_view kK3sConfigFile = "/agent/etc/containerd/config.toml";  // in the data directory
constexpr std::string_view kDeleted = " (deleted)";  // what the kernel adds to the name of a program

std::optional<pid_t> parse_pid(const std::string& name) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  return error == std::errc() && end == name.data() + name.size() ? std::optional(pid) : std::nullopt;
}

// Empty when there is no such link, or we may not read it.
std::string target_of(const fs::path& link) {
  std::error_code failure;
  return fs::read_symlink(link, failure).string();
}

// Texts that end with NUL; none when we may not read them.
std::vector<std::string> read_strings(const fs::path& path) {
  std::vector<std::string> strings;
  const Fd file = open_regular_file(path);
  if (!file.is_open()) return strings;
  try {
    const Bytes bytes = read_all(file.get(), kMostProcBytes, path);
    for (std::string_view rest = as_text(bytes); !rest.empty();) {
      const std::size_t end = std::min(rest.find('\0'), rest.size());
      strings.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    strings.clear();  // the process has ended
  }
  return strings;
}

// A flag of containerd that takes a value, by both of its names.
struct Flag {
  std::string_view name;
  std::string_view letter;
  std::optional<std::string> value;
};

// urfave/cli's forms: -name VALUE and -name=VALUE, with one dash or two.
bool take_value(Flag& flag, const std::vector<std::string>& arguments, std::size_t& at) {
  std::string_view text = arguments[at];
  text.remove_prefix(text.starts_with("--") ? 2 : 1);
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  if (name != flag.name && (flag.letter.empty() || name != flag.letter)) return false;
  if (equals != std::string_view::npos) {
    flag.value = text.substr(equals + 1);
  } else if (at + 1 < arguments.size()) {
    flag.value = arguments[++at];
  }
  return true;
}

struct Arguments {
  Flag config{"config", "c", {}};
  Flag root{"root", "", {}};
  Flag state{"state", "", {}};
  Flag address{"address", "a", {}};
  Flag log_level{"log-level", "l", {}};
  bool is_daemon = true;  // false: a command that ends soon
};

Arguments parse_arguments(const std::vector<std::string>& words) {
  Arguments found;
  for (std::size_t at = 1; at < words.size(); ++at) {
    if (!words[at].starts_with('-')) {
      found.is_daemon = false;
      break;
    }
    for (Flag* flag : {&found.config, &found.root, &found.state, &found.address, &found.log_level}) {
      if (take_value(*flag, words, at)) break;
    }
  }
  return found;
}

std::optional<std::string> variable(const std::vector<std::string>& environment, const std::string& name) {
  for (const std::string& text : environment) {
    if (text.starts_with(name + "=")) return text.substr(name.size() + 1);
  }
  return std::nullopt;
}

// The file system that a process sees: its mounts, and where in them its root is, since it may be in a
// chroot.
struct View {
  explicit View(const fs::path& process)
      : mounts(target_of(process / "ns/mnt")), root(target_of(process / "root")) {}
  bool operator==(const View&) const = default;

  std::string mounts;
  std::string root;
};

// Not the owner of its folder, which is root's when the process cannot be traced.
std::optional<uid_t> real_user(const fs::path& process) {
  std::ifstream status(process / "status");
  for (std::string line; std::getline(status, line);) {
    uid_t user = 0;
    if (!line.starts_with("Uid:\t")) continue;
    const char* digits = line.data() + 5;
    const auto [end, error] = std::from_chars(digits, line.data() + line.size(), user);
    return error == std::errc() ? std::optional(user) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<RunningContainerd> containerd_in(const fs::path& process, pid_t pid, const View& ours) {
  const std::vector<std::string> words = read_strings(process / "cmdline");
  if (words.empty()) return std::nullopt;
  std::string program = target_of(process / "exe");
  if (program.ends_with(kDeleted)) program.resize(program.size() - kDeleted.size());
  // k3s has one program with many names.
  if (fs::path(words[0]).filename() != "containerd" && fs::path(program).filename() != "containerd")
    return std::nullopt;
  const Arguments arguments = parse_arguments(words);
  const auto user = real_user(process);
  if (!arguments.is_daemon || !user) return std::nullopt;
  RunningContainerd found;
  found.pid = pid;
  found.user = *user;
  found.program = std::move(program);
  found.working_directory = target_of(process / "cwd");
  found.config_file = fs::path(found.working_directory) / arguments.config.value.value_or(kDefaultConfigFile);
  found.owner = owner_of(found.config_file);
  found.root = arguments.root.value;
  found.state = arguments.state.value;
  found.address = arguments.address.value;
  found.search_path = variable(read_strings(process / "environ"), "PATH");
  const View view(process);
  found.mount_namespace = view.mounts;
  found.shares_our_mounts = !view.mounts.empty() && view == ours;
  return found;
}

}  // namespace

ContainerdOwner owner_of(std::string_view config_file) noexcept {
  if (config_file.find("/docker/containerd/") != std::string_view::npos) return ContainerdOwner::kDocker;
  if (!config_file.ends_with(kK3sConfigFile)) return ContainerdOwner::kSystem;
  return config_file.find("/rke2/") != std::string_view::npos ? ContainerdOwner::kRke2
                                                              : ContainerdOwner::kK3s;
}

std::string usual_config_file(ContainerdOwner owner) {
  switch (owner) {
    case ContainerdOwner::kSystem:
      return kDefaultConfigFile;
    case ContainerdOwner::kDocker:
      return "/var/run/docker/containerd/containerd.toml";
    case ContainerdOwner::kK3s:
      return kK3sDataDirectory + std::string(kK3sConfigFile);
    case ContainerdOwner::kRke2:
      return kRke2DataDirectory + std::string(kK3sConfigFile);
  }
  return {};
}

std::string k3s_data_directory_of(const std::string& config_file) {
  return config_file.substr(0, config_file.rfind(kK3sConfigFile));
}

// A pattern takes in the units that run: a server's or an agent's.
std::string restart_command(ContainerdOwner owner) {
  switch (owner) {
    case ContainerdOwner::kSystem:
      return "systemctl restart containerd";
    case ContainerdOwner::kDocker:
      return "systemctl restart docker";
    case ContainerdOwner::kK3s:
      return "systemctl try-restart 'k3s*.service'";
    case ContainerdOwner::kRke2:
      return "systemctl try-restart 'rke2-*.service'";
  }
  return {};
}

std::string_view name_of(ContainerdOwner owner) noexcept {
  switch (owner) {
    case ContainerdOwner::kSystem:
      return "containerd";
    case ContainerdOwner::kDocker:
      return "Docker's containerd";
    case ContainerdOwner::kK3s:
      return "k3s's containerd";
    case ContainerdOwner::kRke2:
      return "RKE2's containerd";
  }
  return {};
}

std::string RunningContainerd::path_for_us(const std::string& path) const {
  return shares_our_mounts ? path : "/proc/" + std::to_string(pid) + "/root" + path;
}

std::vector<RunningContainerd> running_containerds(const std::string& proc) {
  std::vector<RunningContainerd> found;
  std::error_code failure;
  const View ours(fs::path(proc) / "self");
  for (fs::directory_iterator at(proc, failure), end; !failure && at != end; at.increment(failure)) {
    const auto pid = parse_pid(at->path().filename());
    if (!pid) continue;
    if (auto containerd = containerd_in(at->path(), *pid, ours)) found.push_back(std::move(*containerd));
  }
  if (failure) throw Error(ErrorCode::kOther, proc + ": " + failure.message());
  std::ranges::sort(found, {}, &RunningContainerd::pid);
  return found;
}

}  // namespace imgcrypt
