#include "image/inspect.hpp"

#include "cli/command.hpp"
#include "transport/open.hpp"

#include <memory>

namespace imgcrypt::cli {

void add_inspect(CLI::App& app, Output& output) {
  const auto reference = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("inspect", "Show what an image consists of and who can read it");
  command->add_option("REF", *reference, "image to read: oci:DIR[:TAG|@DIGEST]")->required();
  command->callback([reference, &output] {
    const auto source = open_source(Reference::parse(*reference));
    std::string lines = inspect_image(*source);
    if (lines.ends_with('\n')) lines.pop_back();
    output.print_result(lines, JsonObject().add("text", lines));
  });
}

}  // namespace imgcrypt::cli
