#include "base/bytes.hpp"
#include "base/cancel.hpp"
#include "base/orphans.hpp"
#include "cli/command.hpp"

#include <imgcrypt/error.hpp>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
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

int report(const Error& error) {
  std::fprintf(stderr, "imgcrypt: error: %s\n", printable(error.message()).c_str());
  if (!error.hint().empty()) std::fprintf(stderr, "imgcrypt: hint: %s\n", printable(error.hint()).c_str());
  return error.code() == ErrorCode::kCancelled ? 128 + cancel_signal() : static_cast<int>(error.code());
}

void build(CLI::App& app) {
  app.set_version_flag("--version", "imgcrypt " IMGCRYPT_VERSION);
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  add_encrypt(app);
  add_decrypt(app);
  add_recipients(app);
  add_inspect(app);
  add_key(app);
  add_provider(app);
}

int run(int argc, char** argv) {
  harden();
  CLI::App app("Encrypts and decrypts the layers of container images.", "imgcrypt");
  build(app);
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return report(Error(ErrorCode::kUsage, error.what(), "see imgcrypt --help, or imgcrypt COMMAND --help"));
  } catch (const Error& error) {
    return report(error);
  } catch (const std::exception& error) {
    return report(Error(ErrorCode::kOther, error.what()));
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
