#include "base/process/fd.hpp"
#include "cli/command_line/command_tree.hpp"
#include "cli/commands.hpp"
#include "cli/guide/man_page.hpp"

#include <fcntl.h>

#include <memory>

namespace imgcrypt::cli {
namespace {

struct ManArguments {
  std::vector<std::string> names;
  std::string directory;
};

void write_pages(const CLI::App& command, const std::string& directory) {
  const std::string path = directory + "/" + man_page_name(command) + ".1";
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file.is_open())
    throw Error(ErrorCode::kUsage, errno_error("write " + path).message(),
                "give --directory a directory that exists and that you can write to");
  write_file(file.get(), as_bytes(man_page(command)), path);
  for (const CLI::App* one : commands_of(command)) write_pages(*one, directory);
}

}  // namespace

void define_man(CLI::App& command, Output& output) {
  const auto options = std::make_shared<ManArguments>();
  CLI::Option* names =
      command.add_option(std::string(kCommandPath), options->names, "command, e.g. recipients add");
  command.add_option("--directory", options->directory, "write the pages of all commands into DIR")
      ->type_name("DIR")
      ->excludes(names);
  command.callback([options, &app = *command.get_parent(), &output] {
    if (!options->directory.empty()) return write_pages(app, options->directory);
    output.print_document(as_bytes(man_page(command_at(app, options->names))));
  });
}

}  // namespace imgcrypt::cli
