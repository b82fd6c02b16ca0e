#include "cli/commands.hpp"
#include "cli/config/setup_options.hpp"
#include "cli/config/setup_result.hpp"
#include "node/daemons/containerd_version.hpp"
#include "node/daemons/k3s_drop_in.hpp"
#include "node/daemons/running_containerd.hpp"
#include "node/defaults.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct K3sArguments {
  SetupOptions setup;
  std::string data_directory = kK3sDataDirectory;
  std::string version;
};

void run_k3s(const K3sArguments& arguments, Output& output) {
  require_absolute("--data-dir", arguments.data_directory);
  std::optional<int> version;
  if (const auto given = parse_containerd_version(arguments.version)) version = given->config_version();
  const std::string below = arguments.setup.below();
  const K3sFiles files = k3s_files(arguments.data_directory, version, below);
  const bool is_rke2 = arguments.data_directory.ends_with("/rke2");
  const SetupSubject subject{"k3s",
                             restart_command(is_rke2 ? ContainerdOwner::kRke2 : ContainerdOwner::kK3s)};
  if (arguments.setup.action() == SetupAction::kUninstall)
    return carry_out_edits(subject, uninstall_k3s(files), below, output);
  const DecoderSetup setup = arguments.setup.decoder_setup(output);
  if (arguments.setup.action() == SetupAction::kInstall)
    return carry_out_edits(subject, install_k3s(files, setup), below, output);
  output.note((files.kind == K3sFiles::Kind::kDropIn
                   ? "belongs into " + files.path
                   : "belongs to the end of " + files.path + ", after {{ template \"base\" . }}") +
              "; --install does it");
  print_snippet(subject, files.path, k3s_text(files, setup), output);
}

}  // namespace

void define_config_k3s(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<K3sArguments>();
  arguments->setup.add_to(command, "the drop-in, or the end of the template,");
  command
      .add_option("--data-dir", arguments->data_directory,
                  std::string("data directory (default: ") + kK3sDataDirectory + "; RKE2's is " +
                      kRke2DataDirectory + ")")
      ->type_name("DIR");
  add_version_to(command, arguments->version,
                 "version of its containerd (default: what the configuration of its last start tells)");
  arguments->setup.add_decoder_to(command);
  command.callback([arguments, &output] { run_k3s(*arguments, output); });
}

}  // namespace imgcrypt::cli
