#include "cli/commands.hpp"
#include "cli/options/images/credential_files.hpp"
#include "transport/credentials/credential_store.hpp"

#include <memory>

namespace imgcrypt::cli {
namespace {

struct LogoutArguments {
  std::string registry;
  bool is_all = false;
  std::string authfile;
};

// Those that another file still has would go on being used.
Error not_logged_in(const RegistryKey& key, const std::string& file, const LogoutArguments& arguments) {
  const auto others = find_credentials({.files = credential_files(arguments.authfile)}, key);
  return {ErrorCode::kNotFound,
          "not logged in to " + key.string() + ": " + file + " has no credentials for it",
          others ? "there are some in " + others->origin +
                       ": remove them with the tool that made them, or name "
                       "their file with --authfile"
                 : std::string()};
}

void run_logout(const LogoutArguments& arguments, Output& output) {
  if (arguments.is_all != arguments.registry.empty())
    throw Error(ErrorCode::kUsage,
                arguments.is_all ? "--all and a registry exclude each other" : "no registry is named",
                "give either REGISTRY or --all");
  const CredentialStore store{.file = login_file(arguments.authfile)};
  if (arguments.is_all) {
    const bool had_any = store.remove_all();
    return output.print_result(
        had_any ? "Removed login credentials for all registries" : "There were no login credentials",
        JsonObject().add_null("registry").add("removed", had_any));
  }
  const RegistryKey key = RegistryKey::parse(arguments.registry);
  if (!store.remove(key)) throw not_logged_in(key, store.file.string(), arguments);
  output.print_result("Removed login credentials for " + key.string(),
                      JsonObject().add("registry", key.string()).add("removed", true));
}

}  // namespace

void define_logout(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<LogoutArguments>();
  command.add_option("REGISTRY", arguments->registry, "as it was given to login");
  command.add_flag("-a,--all", arguments->is_all, "remove those for all registries");
  command.add_option("--authfile", arguments->authfile, "file with credentials")->type_name("FILE");
  command.callback([arguments, &output] { run_logout(*arguments, output); });
}

}  // namespace imgcrypt::cli
