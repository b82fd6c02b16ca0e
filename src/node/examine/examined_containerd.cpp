#include "node/examine/examined_containerd.hpp"

#include "node/defaults.hpp"
#include "node/examine/go_duration.hpp"
#include "node/examine/processes.hpp"

#include <imgcrypt/error.hpp>

#include <sys/stat.h>

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr ContainerdVersion kOldest{1, 5};
constexpr std::chrono::seconds kShortestPullTimeout{60};

// What the user calls it, so that options name the same files.
std::string options_for(const ExaminedContainerd& containerd) {
  std::string options;
  if (!containerd.below.empty()) options += " --root " + containerd.below;
  if (containerd.owner() == ContainerdOwner::kSystem && containerd.config_file != kDefaultConfigFile)
    options += " --config " + containerd.config_file;
  if (containerd.owner() == ContainerdOwner::kRke2) options += " --data-dir /var/lib/rancher/rke2";
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

ExaminedContainerd not_running(const ContainerdChoice& choice) {
  ExaminedContainerd containerd;
  containerd.config_file = choice.config.empty() ? kDefaultConfigFile : choice.config;
  containerd.below = choice.root;
  if (choice.root.empty())
    containerd.findings.push_back(
        {Severity::kFault, containerd.name(),
         choice.config.empty() ? "no containerd runs here" : "no containerd that reads this file runs here",
         "there is nothing that could run an image",
         choice.config.empty() ? "systemctl start containerd" : "containerd --config " + choice.config});
  return containerd;
}

}  // namespace

std::string ExaminedContainerd::name() const {
  if (!running) return "containerd (" + below + config_file + ")";
  return std::string(name_of(owner())) + " (process " + std::to_string(running->pid) + ")";
}

ContainerdOwner ExaminedContainerd::owner() const noexcept {
  return running ? running->owner : ContainerdOwner::kSystem;
}

std::string ExaminedContainerd::config_command() const {
  if (owner() == ContainerdOwner::kDocker) return {};
  return std::string("imgcrypt config ") + (owner() == ContainerdOwner::kSystem ? "containerd" : "k3s") +
         " --install" + options_for(*this);
}

std::string ExaminedContainerd::restart_command() const {
  if (!running || running->mount_namespace.empty() || !running->shares_our_mounts) {
    if (!running && config_file == kDefaultConfigFile) return "systemctl restart containerd";
    return "restart that containerd";
  }
  switch (owner()) {
    case ContainerdOwner::kDocker:
      return "systemctl restart docker";
    case ContainerdOwner::kK3s:
      return "systemctl restart k3s, or k3s-agent";
    case ContainerdOwner::kRke2:
      return "systemctl restart rke2-server, or rke2-agent";
    case ContainerdOwner::kSystem:
      break;
  }
  return config_file == kDefaultConfigFile ? "systemctl restart containerd"
                                           : "restart process " + std::to_string(running->pid);
}

std::vector<ExaminedContainerd> find_containerds(const ContainerdChoice& choice) {
  std::vector<ExaminedContainerd> found;
  if (choice.root.empty()) {
    for (RunningContainerd& running : running_containerds()) {
      if (!choice.config.empty() && running.config_file != choice.config) continue;
      ExaminedContainerd containerd;
      containerd.config_file = running.config_file;
      if (!running.shares_our_mounts) containerd.below = "/proc/" + std::to_string(running.pid) + "/root";
      containerd.running = std::move(running);
      found.push_back(std::move(containerd));
    }
  }
  if (found.empty()) found.push_back(not_running(choice));
  for (ExaminedContainerd& containerd : found) complete(containerd, choice);
  return found;
}

}  // namespace imgcrypt
