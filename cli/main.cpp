#include "base/cancel.hpp"
#include "base/orphans.hpp"
#include "cli/command.hpp"
#include "cli/suggest.hpp"

#include <imgcrypt/error.hpp>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <exception>

namespace imgcrypt::cli {
namespace {

void harden() {
  const rlimit none = {0, 0};
  ::setrlimit(RLIMIT_CORE, &none);  // a core file would hold keys
  ::prctl(PR_SET_DUMPABLE, 0);
  rlimit files = {};
  // Every blob of an image is an open file until all are written.
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  std::signal(SIGPIPE, SIG_IGN);
  install_cancel_handler();
}

void build(CLI::App& app, Output& output) {
  app.set_version_flag("--version", "imgcrypt " IMGCRYPT_VERSION);
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  output.add_to(app);
  add_encrypt(app, output);
  add_decrypt(app, output);
  add_check(app, output);
  add_recipients(app, output);
  add_inspect(app, output);
  add_key(app, output);
  add_provider(app, output);
  app.footer("");  // the commands have taken theirs over
}

int run(int argc, char** argv) {
  harden();
  Output output;
  CLI::App app("Encrypts and decrypts the layers of container images.", "imgcrypt");
  build(app, output);
  try {
    app.parse(argc, argv);
    output.finish();
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    if (const auto unknown = find_unknown(app, {argv + 1, argv + argc}))
      return output.fail_usage(*unknown, argc, argv);
    return output.fail_usage(
        Error(ErrorCode::kUsage, error.what(), "see imgcrypt --help, or imgcrypt COMMAND --help"), argc,
        argv);
  } catch (const Error& error) {
    return output.fail(error);
  } catch (const std::exception& error) {
    return output.fail(Error(ErrorCode::kOther, error.what()));
  }
}

}  // namespace
}  // namespace imgcrypt::cli

int main(int argc, char** argv) {
  const imgcrypt::Orphans orphans;
  const int status = imgcrypt::cli::run(argc, argv);
  orphans.kill();  // what key providers left behind
  return status;
}
