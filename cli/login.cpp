#include "base/process/fd.hpp"
#include "cli/commands.hpp"
#include "cli/options/images/credential_files.hpp"
#include "cli/options/images/registry_options.hpp"
#include "cli/terminal/prompt.hpp"
#include "transport/credentials/credential_store.hpp"
#include "transport/registry/check_login.hpp"

#include <unistd.h>

#include <memory>

namespace imgcrypt::cli {
namespace {

constexpr std::size_t kMostPasswordBytes = std::size_t{64} * 1024;  // tokens of clouds are long

struct LoginArguments {
  std::string registry;
  std::string user;
  std::string password;
  bool from_stdin = false;
  bool get_login = false;
  RegistryArguments options;
};

// What is known of the credentials before anybody is asked.
std::optional<Credentials> present_credentials(const LoginArguments& arguments, const RegistryKey& key,
                                               Output& output) {
  CredentialPlaces places{.files = credential_files(arguments.options.common.authfile),
                          .warn = warn_through(output)};
  // The file that login makes need not be there yet.
  if (!arguments.get_login) places.files.front().if_absent = IfAbsent::kPassOver;
  return find_credentials(places, key);
}

void print_login(const std::optional<Credentials>& present, const RegistryKey& key, Output& output) {
  if (!present)
    throw Error(ErrorCode::kNotFound, "not logged in to " + key.string(), "imgcrypt login " + key.string());
  output.print_result(
      present->user,
      JsonObject().add("registry", key.string()).add("user", present->user).add("storedIn", present->origin));
}

SecretBytes read_password_from_stdin() {
  SecretBytes text = read_secret(STDIN_FILENO, kMostPasswordBytes, "stdin");
  std::string_view line = as_text(text.expose());
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  text.truncate(line.size());
  return text;
}

void require_terminal(const std::string& what) {
  if (!has_terminal())
    throw Error(ErrorCode::kUsage, what + " is missing, and there is no terminal to ask for it",
                "give -u USER, and the password with --password-stdin");
}

std::string user_of(const LoginArguments& arguments, const std::optional<Credentials>& present) {
  if (!arguments.user.empty()) return arguments.user;
  require_terminal("the user");
  const std::string known = present ? present->user : std::string();
  std::string user = prompt_line(known.empty() ? "Username: " : "Username (" + known + "): ");
  if (user.empty()) user = known;
  if (user.empty()) throw Error(ErrorCode::kUsage, "no user was entered");
  return user;
}

SecretBytes password_of(const LoginArguments& arguments) {
  if (arguments.from_stdin) return read_password_from_stdin();
  if (!arguments.password.empty()) return SecretBytes::copy_of(as_bytes(arguments.password));
  require_terminal("the password");
  return prompt_passphrase("Password: ");
}

Credentials new_credentials(const LoginArguments& arguments, const std::optional<Credentials>& present) {
  Credentials credentials;
  credentials.user = user_of(arguments, present);
  // The first colon ends the user (RFC 7617, section 2).
  if (credentials.user.find(':') != std::string::npos)
    throw Error(ErrorCode::kUsage, "the name of a user cannot hold a colon",
                "give user and password apart: -u USER, and the password with --password-stdin");
  credentials.password = password_of(arguments);
  if (credentials.password.size() == 0)
    throw Error(ErrorCode::kUsage, "the password is empty",
                arguments.from_stdin ? "see what the program or file before --password-stdin writes"
                                     : "enter it again, or give it with --password-stdin");
  credentials.origin = "login";
  return credentials;
}

// Whether the credentials that are there already do.
bool are_accepted(const Credentials& present, const RegistryKey& key, const RegistryOptions& options,
                  Output& output) {
  output.note("authenticating with existing credentials for " + key.string() + " from " + present.origin);
  try {
    check_login(key.host, present, options);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kRegistry || !has_terminal()) throw;
    output.note("they are not valid any more: " + error.message());
    return false;
  }
}

void print_done(const std::string& line, const RegistryKey& key, const std::string& user,
                const std::string& place, Output& output) {
  output.print_result(line,
                      JsonObject().add("registry", key.string()).add("user", user).add("storedIn", place));
}

void run_login(const LoginArguments& arguments, Output& output) {
  const RegistryKey key = RegistryKey::parse(arguments.registry);
  if (arguments.get_login) return print_login(present_credentials(arguments, key, output), key, output);
  if (arguments.from_stdin && arguments.user.empty())
    throw Error(ErrorCode::kUsage, "--password-stdin needs the user as well", "give -u USER");
  if (!arguments.password.empty())
    output.warn("other users can see a password in the command line: use --password-stdin");
  RegistryOptions options = arguments.options.one(output);
  std::optional<Credentials> present;
  if (arguments.user.empty()) present = present_credentials(arguments, key, output);
  if (present && arguments.password.empty() && are_accepted(*present, key, options, output))
    return print_done("Already logged in to " + key.string(), key, present->user, present->origin, output);
  const Credentials credentials = new_credentials(arguments, present);
  check_login(key.host, credentials, options);
  const CredentialStore store{.file = login_file(arguments.options.common.authfile)};
  const std::string place = store.put(key, credentials);
  output.note("stored in " + place);
  print_done("Login Succeeded!", key, credentials.user, place, output);
}

}  // namespace

void define_login(CLI::App& command, Output& output) {
  const auto arguments = std::make_shared<LoginArguments>();
  command
      .add_option("REGISTRY", arguments->registry, "HOST[:PORT], or HOST[:PORT]/PATH for some repositories")
      ->required();
  command.add_option("-u,--username", arguments->user, "user (default: ask)")->type_name("USER");
  CLI::Option* password =
      command
          .add_option("-p,--password", arguments->password,
                      "password, which other users can see if it is given so (default: ask)")
          ->type_name("PASSWORD");
  CLI::Option* from_stdin =
      command.add_flag("--password-stdin", arguments->from_stdin, "read the password from stdin");
  from_stdin->excludes(password);
  command.add_flag("--get-login", arguments->get_login, "print the user that is logged in")
      ->excludes(password)
      ->excludes(from_stdin);
  arguments->options.add_to(command, RegistrySides::kLogin);
  command.callback([arguments, &output] { run_login(*arguments, output); });
}

}  // namespace imgcrypt::cli
