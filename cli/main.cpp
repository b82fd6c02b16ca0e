#include "base/process/fd.hpp"
#include "base/process/orphans.hpp"
#include "base/process/start.hpp"
#include "cli/commands.hpp"
#include "cli/terminal/help_text.hpp"
#include "cli/unknown_argument.hpp"

#include <imgcrypt/error.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <memory>
#include <optional>
#include <sstream>

namespace imgcrypt::cli {
namespace {

// Every blob of an image is an open file until all are written.
void allow_many_files() {
  rlimit files = {};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

void build(CLI::App& app, Output& output) {
  app.formatter(std::make_shared<HelpText>());
  app.set_help_flag("-h,--help", "print this help");
  app.set_version_flag("--version", "imgcrypt " IMGCRYPT_VERSION, "print the version");
  app.require_subcommand(1);
  // Help texts say their defaults themselves, in words.
  app.option_defaults()->always_capture_default(false);
  output.add_to(app);
  add_commands(app, output);
  app.footer("");  // the commands have taken theirs over
}

// The parser throws for --help and --version too.
int end_parsing(const CLI::App& app, const CLI::ParseError& error, Output& output, int argc,
                char** argv) try {
  // Before the parser's own message: an option that it does not know often leads it to complain of something
  // else.
  if (const auto unknown = find_unknown(app, {argv + 1, argv + argc})) throw Error(*unknown);
  if (error.get_exit_code() != 0) {
    const bool lacks_command = error.get_name() == "RequiredError" && app.get_subcommands().empty();
    throw Error(ErrorCode::kUsage, lacks_command ? "no command was given" : error.what(),
                "see " + chosen_command(app) + " --help");
  }
  std::ostringstream text;
  (void)app.exit(error, text, text);
  std::signal(SIGPIPE, SIG_DFL);  // a pager that ends early is not an error
  write_all(STDOUT_FILENO, as_bytes(text.str()), "stdout");
  return 0;
} catch (const Error& failure) {
  return output.fail_usage(failure, argc, argv);
}

}  // namespace
}  // namespace imgcrypt::cli

int main(int argc, char** argv) {
  using namespace imgcrypt;
  // Outside the try: whatever fails is said through them.
  cli::Output output;
  CLI::App app("Encrypts and decrypts the layers of container images.", "imgcrypt");
  std::optional<Orphans> orphans;  // made once the process is prepared, and used on every way out
  int status = 0;
  try {
    prepare_process();  // before any file is opened or thread started
    cli::allow_many_files();
    orphans.emplace();
    cli::build(app, output);
    app.parse(argc, argv);  // runs the command
    output.finish();
  } catch (const CLI::ParseError& error) {
    status = cli::end_parsing(app, error, output, argc, argv);
  } catch (const Error& error) {
    status = output.fail(error);
  } catch (const std::exception& error) {
    status = output.fail(Error(ErrorCode::kOther, error.what()));
  }
  if (orphans) orphans->kill();  // what key providers left behind
  return status;
}
