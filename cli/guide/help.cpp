#include "cli/command_line/command_tree.hpp"
#include "cli/commands.hpp"
#include "cli/guide/help_text.hpp"

#include <memory>

namespace imgcrypt::cli {

void define_help(CLI::App& command, Output& output) {
  const auto names = std::make_shared<std::vector<std::string>>();
  command.add_option(std::string(kCommandPath), *names, "command, e.g. recipients add");
  command.callback([names, &app = *command.get_parent(), &output] {
    output.print_document(as_bytes(help_of(command_at(app, *names))));
  });
}

}  // namespace imgcrypt::cli
