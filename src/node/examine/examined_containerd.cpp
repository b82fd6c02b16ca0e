#include "node/examine/examined_containerd.hpp"

#include "node/defaults.hpp"
#include "node/examine/go_duration.hpp"
#include "node/examine/processes.hpp"

#include <imgcrypt/error.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr ContainerdVersion kOldest{1, 5};
constexpr std::chrono::seconds kShortestPullTimeout{60};

bool is_k3s(const ExaminedContainerd& containerd) {
  return containerd.owner() == ContainerdOwner::kK3s || containerd.owner() == ContainerdOwner::kRke2;
}

// What the user calls it, so that options name the same files.
std::string options_for(const ExaminedContainerd& containerd) {
  std::string options;
  if (!containerd.below.empty()) options += " --root " + containerd.below;
  if (containerd.owner() == ContainerdOwner::kSystem && containerd.config_file != kDefaultConfigFile)
    options += " --config " + containerd.config_file;
  if (is_k3s(containerd)) {
    const std::string directory = k3s_data_directory_of(containerd.config_file);
    if (directory != kK3sDataDirectory) options += " --data-dir " + directory;
  }
  return options;
}

void ask(ExaminedContainerd& containerd) {
  try {
    containerd.version = ask_version(*containerd.running);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    containerd.findings.push_back({Severity::kNote, containerd.name(), error.message(),
                                   "what depends on its version is not examined",
                                   "say its version: imgcrypt doctor --version 1.6|1.7|2.0|2.1+"});
  }
}

void read_config(ExaminedContainerd& containerd) {
  try {
    containerd.config = read_containerd_config(containerd.config_file, containerd.below);
  } catch (const Error& error) {
    containerd.findings.push_back({Severity::kFault, containerd.name(), error.message(),
                                   "containerd does not start with this configuration", error.hint()});
  }
}

Finding identity_of(const ExaminedContainerd& containerd) {
  std::string text = containerd.version ? "version " + containerd.version->text() : "version not known";
  if (containerd.config.files.empty()) {
    text += ", its defaults: there is no " + containerd.config_file;
  } else {
    for (const std::string& file : containerd.config.files)
      text += (&file == containerd.config.files.data() ? ", configured by " : ", ") + file;
  }
  return {Severity::kFine, containerd.name(), text, {}, {}};
}

// A file that was written after the process began is not what it works with.
void examine_age(ExaminedContainerd& containerd) {
  const auto start = start_of_process(containerd.running->pid);
  // Docker and k3s write the file and start the process at once.
  if (!start || containerd.owner() != ContainerdOwner::kSystem) return;
  for (const std::string& file : containerd.config.files) {
    struct stat status = {};
    if (::stat((containerd.below + file).c_str(), &status) != 0 || status.st_mtim.tv_sec <= *start + 1)
      continue;
    containerd.findings.push_back(
        {Severity::kFault, containerd.name(), file + " was changed after it was started",
         "it works with the configuration that it read at its start", containerd.restart_command()});
    return;
  }
}

void examine_pull_timeout(ExaminedContainerd& containerd) {
  const ContainerdConfig& config = containerd.config;
  const auto limit = parse_go_duration(config.pull_timeout);
  if (!limit || limit->count() == 0 || *limit >= kShortestPullTimeout) return;
  containerd.findings.push_back(
      {Severity::kNote, containerd.name(),
       config.pull_timeout_file + " gives pulls up after " + config.pull_timeout + " without progress",
       "a busy registry, or a node that verifies large layers meanwhile, may pause for longer",
       "set image_pull_progress_timeout to \"5m\" in " + config.pull_timeout_file + ", then " +
           containerd.restart_command()});
}

void complete(ExaminedContainerd& containerd, const ContainerdChoice& choice) {
  if (!choice.version.empty()) {
    containerd.version = parse_containerd_version(choice.version);
  } else if (containerd.running) {
    ask(containerd);
  }
  read_config(containerd);
  containerd.findings.insert(containerd.findings.begin(), identity_of(containerd));
  if (containerd.version && *containerd.version < kOldest)
    containerd.findings.push_back(
        {Severity::kFault, containerd.name(), "containerd " + containerd.version->text() + " is too old",
         "before 1.5 it does not call a decoder as it should", "install containerd 1.6 or newer"});
  if (containerd.running) examine_age(containerd);
  examine_pull_timeout(containerd);
}

std::string start_command(const std::string& config_file) {
  switch (owner_of(config_file)) {
    case ContainerdOwner::kDocker:
      return "systemctl start docker";
    case ContainerdOwner::kK3s:
      return "systemctl start k3s (on an agent k3s-agent)";
    case ContainerdOwner::kRke2:
      return "systemctl start rke2-server (on an agent rke2-agent)";
    case ContainerdOwner::kSystem:
      break;
  }
  return config_file == kDefaultConfigFile ? "systemctl start containerd"
                                           : "containerd --config " + config_file;
}

bool exists(const std::string& file) { return ::access(file.c_str(), F_OK) == 0; }

// The file of one that does not run: that which is there, if none is named.
std::string config_file_of(const ContainerdChoice& choice) {
  if (!choice.config.empty()) return choice.config;
  if (choice.owner) return usual_config_file(*choice.owner);
  for (const ContainerdOwner owner :
       {ContainerdOwner::kSystem, ContainerdOwner::kK3s, ContainerdOwner::kRke2}) {
    if (exists(choice.root + usual_config_file(owner))) return usual_config_file(owner);
  }
  return kDefaultConfigFile;
}

std::optional<ExaminedContainerd> not_running(const ContainerdChoice& choice) {
  ExaminedContainerd containerd;
  containerd.config_file = config_file_of(choice);
  containerd.below = choice.root;
  // On this machine only what runs counts; below another root, what is configured.
  if (choice.need_not_be && (choice.root.empty() || !exists(choice.root + containerd.config_file)))
    return std::nullopt;
  if (choice.root.empty())
    containerd.findings.push_back({Severity::kFault, containerd.name(),
                                   !choice.config.empty() ? "no containerd that reads this file runs here"
                                   : choice.owner ? std::string(name_of(*choice.owner)) + " does not run here"
                                                  : "no containerd runs here",
                                   "there is nothing that could run an image",
                                   start_command(containerd.config_file)});
  return containerd;
}

bool is_wanted(const RunningContainerd& running, const ContainerdChoice& choice) {
  return (choice.config.empty() || running.config_file == choice.config) &&
         (!choice.owner || running.owner == *choice.owner);
}

}  // namespace

std::string ExaminedContainerd::name() const {
  if (!running) return "containerd (" + below + config_file + ")";
  return std::string(name_of(owner())) + " (process " + std::to_string(running->pid) + ")";
}

ContainerdOwner ExaminedContainerd::owner() const noexcept { return owner_of(config_file); }

std::string ExaminedContainerd::config_command() const {
  if (owner() == ContainerdOwner::kDocker) return {};
  return std::string("imgcrypt config ") + (is_k3s(*this) ? "k3s" : "containerd") + " --install" +
         options_for(*this);
}

std::string ExaminedContainerd::restart_command() const {
  if (running && !running->shares_our_mounts) return "restart that containerd";
  if (owner() != ContainerdOwner::kSystem || config_file == kDefaultConfigFile)
    return imgcrypt::restart_command(owner());
  return running ? "restart process " + std::to_string(running->pid) : "restart that containerd";
}

std::vector<ExaminedContainerd> find_containerds(const ContainerdChoice& choice) {
  std::vector<ExaminedContainerd> found;
  if (choice.root.empty()) {
    for (RunningContainerd& running : running_containerds()) {
      if (!is_wanted(running, choice)) continue;
      ExaminedContainerd containerd;
      containerd.config_file = running.config_file;
      if (!running.shares_our_mounts) containerd.below = "/proc/" + std::to_string(running.pid) + "/root";
      containerd.running = std::move(running);
      found.push_back(std::move(containerd));
    }
  }
  if (found.empty()) {
    if (auto absent = not_running(choice)) found.push_back(std::move(*absent));
  }
  for (ExaminedContainerd& containerd : found) complete(containerd, choice);
  return found;
}

}  // namespace imgcrypt
