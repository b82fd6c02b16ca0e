#include "cli/commands.hpp"
#include "cli/config/setup_options.hpp"
#include "cli/config/setup_result.hpp"
#include "node/daemons/crio_drop_in.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

void run_crio(const SetupOptions& options, Output& output) {
  const SetupSubject subject{"crio", "systemctl restart crio"};
  const std::string below = options.below();
  if (options.action() == SetupAction::kUninstall)
    return carry_out_edits(subject, uninstall_crio(below), below, output);
  // It refuses a pull as soon as one file there is anything else.
  output.note(
      "CRI-O decrypts by itself and needs no decoder; its key directory takes RSA and EC keys without a "
      "passphrase, and neither links nor any other files");
  if (options.action() == SetupAction::kInstall)
    return carry_out_edits(subject, install_crio(options.keys(), below), below, output);
  output.note(std::string("belongs into ") + kCrioDropIn + "; --install puts it there");
  print_snippet(subject, kCrioDropIn, crio_drop_in(options.keys()), output);
}

}  // namespace

void define_config_crio(CLI::App& command, Output& output) {
  const auto options = std::make_shared<SetupOptions>();
  options->add_to(command, "the drop-in");
  options->add_keys_to(command, kCrioKeyDirectory);
  command.callback([options, &output] { run_crio(*options, output); });
}

}  // namespace imgcrypt::cli
