#include "cli/commands.hpp"
#include "cli/config/setup_options.hpp"
#include "cli/config/setup_result.hpp"
#include "node/daemons/containerd_drop_in.hpp"
#include "node/daemons/containerd_version.hpp"
#include "node/daemons/running_containerd.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace imgcrypt::cli {
namespace {

struct ContainerdArguments {
  SetupOptions setup;
  std::string config;
  std::string version;
};

// Those that read a configuration file of their own in our file system.
std::vector<RunningContainerd> own_containerds() {
  std::vector<RunningContainerd> found = running_containerds();
  std::erase_if(found, [](const RunningContainerd& containerd) {
    return containerd.owner != ContainerdOwner::kSystem || !containerd.shares_our_mounts;
  });
  return found;
}

// The containerd that is meant, if it runs on this machine. Throws kUsage if it is not clear which.
std::optional<RunningContainerd> find_running(const ContainerdArguments& arguments) {
  if (!arguments.setup.below().empty()) return std::nullopt;
  std::vector<RunningContainerd> found = own_containerds();
  if (!arguments.config.empty())
    std::erase_if(found, [&](const RunningContainerd& one) { return one.config_file != arguments.config; });
  if (found.empty()) return std::nullopt;
  const auto differs = [&](const RunningContainerd& one) { return one.config_file != found[0].config_file; };
  if (std::ranges::any_of(found, differs)) {
    std::string files;
    for (const RunningContainerd& one : found) files += (files.empty() ? "" : ", ") + one.config_file;
    throw Error(ErrorCode::kUsage, "several containerds run here, with " + files,
                "name one file with --config");
  }
  return found[0];
}

ContainerdVersion given_version(const std::string& text) {
  const ContainerdVersion version = parse_containerd_version(text).value_or(ContainerdVersion());
  if (version < ContainerdVersion{1, 5})
    throw Error(ErrorCode::kRefused, "containerd " + text + " is not supported", "it must be 1.5 or newer");
  return version;
}

// nullopt: not known, which is said.
std::optional<ContainerdVersion> version_of(const ContainerdArguments& arguments,
                                            const std::optional<RunningContainerd>& running, Output& output) {
  if (!arguments.version.empty()) return given_version(arguments.version);
  if (!running) {
    output.note("containerd does not run here, so its version is not known: --version tells it");
    return std::nullopt;
  }
  const std::optional<ContainerdVersion> version = ask_version(*running);
  if (version) output.say(Importance::kDetail, "containerd " + version->text() + " runs here");
  return version;
}

std::string restart_of(const std::optional<RunningContainerd>& running, const std::string& config) {
  if (config == kDefaultConfigFile) return "systemctl restart containerd";
  return "a restart of the containerd that reads " + config +
         (running ? ", process " + std::to_string(running->pid) : "");
}

void warn_of_key_model(const ContainerdConfig& config, Output& output) {
  if (config.key_model && *config.key_model != "node")
    output.warn(config.key_model_file + " sets key_model to \"" + *config.key_model +
                "\": Kubernetes cannot run encrypted images until that line is removed");
}

// Print what a person has to do, without looking at the files if a version is given: it may be for another
// machine.
void print_for(const ContainerdArguments& arguments, const ContainerdFiles& files,
               const std::optional<ContainerdVersion>& version, const SetupSubject& subject, Output& output) {
  const DecoderSetup setup = arguments.setup.decoder_setup(output);
  std::optional<int> config_version = version ? version->config_version() : 2;
  if (arguments.version.empty()) {
    const ContainerdConfig config = read_containerd_config(files.main, files.below);
    if (!config.files.empty()) config_version = config.version.value_or(1);
    warn_of_key_model(config, output);
    if (imports_file(config, files.drop_in)) {
      output.note(files.main + " imports " + files.drop_in + " already");
    }
  }
  if (*config_version < 2) config_version.reset();
  output.note("belongs into " + files.drop_in + ", and into " + files.main + ": imports = [\"" +
              files.pattern + "\"]; --install does both");
  print_snippet(subject, files.drop_in, containerd_drop_in(setup, config_version), output);
}

void run_containerd(const ContainerdArguments& arguments, Output& output) {
  if (!arguments.config.empty()) require_absolute("--config", arguments.config);
  const auto running = find_running(arguments);
  const std::string main = !arguments.config.empty() ? arguments.config
                           : running                 ? running->config_file
                                                     : std::string(kDefaultConfigFile);
  const ContainerdFiles files = containerd_files(main, arguments.setup.below());
  const SetupSubject subject{"containerd", restart_of(running, main)};
  if (arguments.setup.action() == SetupAction::kUninstall)
    return carry_out_edits(subject, uninstall_containerd(files), files.below, output);
  const auto version = version_of(arguments, running, output);
  if (arguments.setup.action() == SetupAction::kPrint)
    return print_for(arguments, files, version, subject, output);
  const DecoderSetup setup = arguments.setup.decoder_setup(output);
  const FileEdits edits = install_containerd(files, setup, version ? version->config_version() : 2);
  warn_of_key_model(read_containerd_config(files.main, files.below), output);
  carry_out_edits(subject, edits, files.below, output);
}

}  // namespace

void define_config_containerd(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<ContainerdArguments>();
  arguments->setup.add_to(command, "the drop-in");
  add_version_to(command, arguments->version, "version of containerd (default: that of the one which runs)");
  command
      .add_option("--config", arguments->config,
                  "main configuration file (default: that of the containerd which runs, else " +
                      std::string(kDefaultConfigFile) + ")")
      ->type_name("FILE");
  arguments->setup.add_decoder_to(command);
  command.callback([arguments, &output] { run_containerd(*arguments, output); });
}

}  // namespace imgcrypt::cli
