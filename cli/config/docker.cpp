#include "cli/commands.hpp"
#include "cli/config/setup_options.hpp"
#include "cli/config/setup_result.hpp"
#include "node/daemons/docker_config.hpp"
#include "node/defaults.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

void run_docker(const SetupOptions& options, Output& output) {
  const SetupSubject subject{"docker", restart_command(ContainerdOwner::kDocker)};
  const std::string below = options.below();
  if (options.action() == SetupAction::kUninstall)
    return carry_out_edits(subject, uninstall_docker(kDockerConfig, below), below, output);
  output.note(
      "Docker Engine decrypts only if it keeps its images in containerd, which this sets; images of the "
      "other store are not shown while it is set");
  output.note(
      "Docker's own containerd starts ctd-decoder from the PATH of dockerd, so install it in "
      "/usr/local/bin, and finds keys in " +
      std::string(kDefaultKeyDirectory) + "; it does not unpack encrypted zstd layers");
  if (options.action() == SetupAction::kInstall)
    return carry_out_edits(subject, install_docker(kDockerConfig, below), below, output);
  output.note(std::string("belongs into ") + kDockerConfig + "; --install puts it there");
  print_snippet(subject, kDockerConfig, docker_config(), output);
}

}  // namespace

void define_config_docker(CLI::App& command, Output& output) {
  const auto options = std::make_shared<SetupOptions>();
  options->add_to(command, "the setting");
  command.callback([options, &output] { run_docker(*options, output); });
}

}  // namespace imgcrypt::cli
