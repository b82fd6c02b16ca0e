#include "base/process/orphans.hpp"
#include "base/process/start.hpp"
#include "cli/command_line/usage_error.hpp"
#include "cli/command_line/walk.hpp"
#include "cli/commands.hpp"
#include "cli/guide/completion.hpp"
#include "cli/guide/help_text.hpp"
#include "cli/guide/version.hpp"
#include "keys/key_text.hpp"

#include <imgcrypt/error.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace imgcrypt::cli {
namespace {

// Every blob of an image is an open file until all are written.
void allow_many_files() {
  rlimit files = {};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

void build(CLI::App& app, std::span<const std::string> arguments, Output& output) {
  app.formatter(std::make_shared<HelpText>());
  app.set_help_flag("-h,--help", "print this help");
  app.set_version_flag("-V,--version", IMGCRYPT_VERSION, "print the version, as the command version does");
  app.require_subcommand(1);
  // Help texts say their defaults themselves, in words.
  app.option_defaults()->always_capture_default(false);
  output.add_to(app);
  add_commands(app, arguments, output);
}

void print(const std::string& text) {
  std::signal(SIGPIPE, SIG_DFL);  // a pager that ends early is not an error
  write_stdout(text);
}

void run(CLI::App& app, std::span<const std::string> arguments, Output& output) {
  if (arguments.empty()) return print(help_of(app));
  if (arguments.front() == kCompleteWord) return print(completions(app, arguments.subspan(1)));
  refuse_key_text(arguments);  // before anything could quote them
  refuse_misread(app, arguments);
  app.parse(std::vector(arguments.rbegin(),
                        arguments.rend()));  // runs the command; the parser wants the last first
  output.finish();
}

// The parser throws for --help and --version too.
int end_parsing(const CLI::App& app, const CLI::ParseError& end, std::span<const std::string> arguments,
                Output& output) try {
  const bool is_version = end.get_name() == "CallForVersion";
  const Walk given = walk(app, arguments);
  // Help is not given for what does not exist.
  if (end.get_exit_code() != 0 || given.unknown_command || given.unknown_option)
    throw usage_error(app, arguments, end);
  std::signal(SIGPIPE, SIG_DFL);  // a pager that ends early is not an error
  output.take_format(arguments);
  if (is_version) {
    output.print_result(Text::of_lines(version_text()), version_json());
  } else {
    output.print_document(as_bytes(help_of(*given.command)));
  }
  return 0;
} catch (const Error& failure) {
  output.take_format(arguments);
  return output.fail(failure);
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
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  try {
    prepare_process();  // before any file is opened or thread started
    cli::allow_many_files();
    orphans.emplace();
    cli::build(app, arguments, output);
    cli::run(app, arguments, output);
  } catch (const CLI::ParseError& error) {
    status = cli::end_parsing(app, error, arguments, output);
  } catch (const Error& error) {
    output.take_format(arguments);
    status = output.fail(error);
  } catch (const std::filesystem::filesystem_error& error) {
    const std::string path = error.path1().string();
    status =
        output.fail(Error(ErrorCode::kOther, (path.empty() ? "" : path + ": ") + error.code().message()));
  } catch (const std::exception& error) {
    status = output.fail(Error(ErrorCode::kOther, error.what()));
  }
  if (orphans) orphans->kill();  // what key providers left behind
  return status;
}
