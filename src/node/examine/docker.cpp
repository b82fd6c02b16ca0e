#include "base/process/child_process.hpp"
#include "node/daemons/docker_config.hpp"
#include "node/daemons/running_containerd.hpp"
#include "node/examine/other_daemons.hpp"
#include "node/examine/processes.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <optional>

namespace imgcrypt {
namespace {

constexpr std::chrono::seconds kMostDockerTime{10};
constexpr const char* kAboutDocker = "Docker";
constexpr const char* kClassicStore =
    "its own store of images (overlay2 and the like) calls no decoder: encrypted images cannot be pulled";

std::string docker_cure(const std::string& root) {
  return "imgcrypt config docker --install" +
         (root.empty() ? " && " + restart_command(ContainerdOwner::kDocker) : " --root " + root);
}

// What the daemon says of its store; nullopt if it cannot be asked.
std::optional<bool> keeps_images_in_containerd() {
  const auto client = find_program("docker");
  if (!client) return std::nullopt;
  ProgramLimits limits;
  limits.time = kMostDockerTime;
  try {
    const DeathWatch watch;
    const SecretBytes answer =
        ChildProcess({*client, {"info", "--format", "{{json .DriverStatus}}"}}, limits, watch).finish({});
    return as_text(answer.expose()).find("io.containerd.snapshotter") != std::string_view::npos;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return std::nullopt;
  }
}

Finding from_file(const std::string& root) {
  try {
    if (install_docker(kDockerConfig, root).empty())
      return {Severity::kFine, kAboutDocker, "it keeps its images in containerd", {}, {}};
    return {Severity::kNote, kAboutDocker, std::string(kDockerConfig) + " does not say where images are kept",
            std::string("before Docker 29, and after an upgrade, ") + kClassicStore, docker_cure(root)};
  } catch (const Error& error) {
    return {Severity::kFault, kAboutDocker, error.message(), kClassicStore, error.hint()};
  }
}

}  // namespace

Findings examine_docker(const std::string& root) {
  const bool runs = root.empty() && process_runs("dockerd");
  if (!runs && (root.empty() || ::access((root + kDockerConfig).c_str(), F_OK) != 0)) return {};
  const auto in_containerd = runs ? keeps_images_in_containerd() : std::nullopt;
  if (!in_containerd) return {from_file(root)};
  if (*in_containerd) return {{Severity::kFine, kAboutDocker, "it keeps its images in containerd", {}, {}}};
  return {{Severity::kFault, kAboutDocker, "it keeps its images in a store of its own", kClassicStore,
           docker_cure(root)}};
}

}  // namespace imgcrypt
