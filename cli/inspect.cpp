#include "image/inspect.hpp"

#include "base/fd.hpp"
#include "cli/command.hpp"
#include "transport/open.hpp"

#include <unistd.h>

#include <memory>

namespace imgcrypt::cli {

void add_inspect(CLI::App& app) {
  const auto reference = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("inspect", "Show what an image consists of and who can read it");
  command->add_option("REF", *reference, "image to read: oci:DIR[:TAG|@DIGEST]")->required();
  command->callback([reference] {
    const auto source = open_source(Reference::parse(*reference));
    write_all(STDOUT_FILENO, as_bytes(inspect_image(*source)), "stdout");
  });
}

}  // namespace imgcrypt::cli
