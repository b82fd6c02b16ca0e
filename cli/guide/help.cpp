#include "cli/command_line/command_tree.hpp"
#include "cli/commands.hpp"
#include "cli/guide/help_text.hpp"

#include <memory>

namespace imgcrypt::cli {

void add_help(CLI::App& app, Output& output) {
  const auto names = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("help", "Print the help of imgcrypt or of one of its commands");
  command->add_option(std::string(kCommandPath), *names, "command, e.g. recipients add");
  command->callback(
      [names, &app, &output] { output.print_document(as_bytes(help_of(command_at(app, *names)))); });
}

}  // namespace imgcrypt::cli
