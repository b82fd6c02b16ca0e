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
  const bool is_for_another = arguments.setup.action() == SetupAction::kPrint && !arguments.version.empty();
  if (!arguments.setup.below().empty() || is_for_another) return std::nullopt;
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

// Of a main file that does not exist yet: what the containerd reads that runs here, else what all read.
int fresh_config_version(const ContainerdArguments& arguments,
                         const std::optional<RunningContainerd>& running, Output& output) {
  if (!arguments.version.empty()) return given_version(arguments.version).config_version();
  try {
    const auto version = running ? ask_version(*running) : std::nullopt;
    if (version) return version->config_version();
    output.note("the version of containerd is not known: --version tells it");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    output.note("the version of containerd is not known (--version tells it): " + error.message());
  }
  return 2;
}

std::string restart_of(const std::optional<RunningContainerd>& running, const std::string& config) {
  if (config == kDefaultConfigFile) return restart_command(ContainerdOwner::kSystem);
  return "a restart of the containerd that reads " + config +
         (running ? ", process " + std::to_string(running->pid) : "");
}

// For this machine, unless a version is given, which may be that of another one: then no file is looked at.
void print_for(const ContainerdArguments& arguments, const ContainerdFiles& files,
               const SetupSubject& subject, const std::optional<RunningContainerd>& running, Output& output) {
  const DecoderSetup setup = arguments.setup.decoder_setup(output);
  const ContainerdConfig config =
      arguments.version.empty() ? read_containerd_config(files.main, files.below) : ContainerdConfig();
  std::optional<int> version = config.version;
  if (config.files.empty()) version = fresh_config_version(arguments, running, output);
  output.note("belongs into " + files.drop_in +
              (imports_file(config, files.drop_in)
                   ? ", which " + files.main + " imports already"
                   : "; " + files.main + " must say: imports = [\"" + files.pattern + "\"]") +
              " (--install does it)");
  print_snippet(subject, files.drop_in, containerd_drop_in(setup, version), output);
}

void install(const ContainerdArguments& arguments, const ContainerdFiles& files, const SetupSubject& subject,
             const std::optional<RunningContainerd>& running, Output& output) {
  const DecoderSetup setup = arguments.setup.decoder_setup(output);
  const ContainerdConfig config = read_containerd_config(files.main, files.below);
  const int version = config.files.empty() ? fresh_config_version(arguments, running, output) : 0;
  const FileEdits edits = install_containerd(files, setup, version);
  carry_out_edits(subject, edits, files.below, output);
}

// Others than the one that is configured.
void mention_others(Output& output) {
  for (const RunningContainerd& containerd : running_containerds()) {
    if (containerd.owner != ContainerdOwner::kSystem && containerd.shares_our_mounts)
      output.note(std::string(name_of(containerd.owner)) + " runs here too (process " +
                  std::to_string(containerd.pid) + "), and is not concerned: see imgcrypt config --help");
  }
}

void run_containerd(const ContainerdArguments& arguments, Output& output) {
  if (!arguments.config.empty()) require_absolute("--config", arguments.config);
  if (!arguments.version.empty()) (void)given_version(arguments.version);
  const auto running = find_running(arguments);
  const std::string main = !arguments.config.empty() ? arguments.config
                           : running                 ? running->config_file
                                                     : std::string(kDefaultConfigFile);
  const ContainerdFiles files = containerd_files(main, arguments.setup.below());
  const SetupSubject subject{"containerd", restart_of(running, main)};
  if (files.below.empty() && !running && arguments.version.empty()) mention_others(output);
  switch (arguments.setup.action()) {
    case SetupAction::kPrint:
      return print_for(arguments, files, subject, running, output);
    case SetupAction::kInstall:
      return install(arguments, files, subject, running, output);
    case SetupAction::kUninstall:
      return carry_out_edits(subject, uninstall_containerd(files), files.below, output);
  }
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
