#include "cli/commands.hpp"
#include "cli/config/setup_options.hpp"
#include "node/daemons/decoder_file.hpp"

#include <imgcrypt/error.hpp>

#include <memory>

namespace imgcrypt::cli {
namespace {

struct DecoderArguments {
  std::string place = kUsualDecoder;
  std::string root;
  bool install = false;
  bool uninstall = false;
};

void print_change(const std::string& file, const std::string& change, Output& output) {
  JsonArray files;
  if (change.empty()) {
    output.note("nothing to do: " + file + " is as it should be");
  } else {
    output.print_text(change + " " + file);
    files.add(JsonObject().add("file", file).add("change", change));
  }
  output.print_json(JsonObject().add("daemon", "decoder").add("files", files).add_null("restart"));
}

std::string install_at(const std::string& file, Output& output) {
  const std::string own = own_decoder();
  if (linkage_of_decoder(own) == Linkage::kDynamic)
    output.note(own +
                " needs shared libraries, which the node must have as well: one that is built with "
                "-DIMGCRYPT_STATIC_DECODER=ON needs none");
  switch (install_decoder(own, file)) {
    case StoreChange::kNone:
      break;
    case StoreChange::kWritten:
      return "written";
    case StoreChange::kReplaced:
      return "changed";
  }
  return {};
}

void run_decoder(const DecoderArguments& arguments, Output& output) {
  require_absolute("--decoder", arguments.place);
  const std::string file = arguments.root + arguments.place;
  if (arguments.install) return print_change(file, install_at(file, output), output);
  if (arguments.uninstall) return print_change(file, uninstall_decoder(file) ? "removed" : "", output);
  throw Error(ErrorCode::kUsage, "nothing is to be done", "say --install or --uninstall");
}

}  // namespace

void define_config_decoder(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<DecoderArguments>();
  CLI::Option* install =
      command.add_flag("--install", arguments->install, "copy the decoder beside this program to the node");
  command.add_flag("--uninstall", arguments->uninstall, "remove the node's decoder, if it is imgcrypt's")
      ->excludes(install);
  command
      .add_option("--decoder", arguments->place,
                  std::string("where the node has it (default: ") + kUsualDecoder + ")")
      ->type_name("FILE");
  command.add_option("--root", arguments->root, "directory that is the root of the node")->type_name("DIR");
  command.callback([arguments, &output] { run_decoder(*arguments, output); });
}

}  // namespace imgcrypt::cli
