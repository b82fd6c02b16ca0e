#include "base/cancel.hpp"
#include "base/process/fd.hpp"
#include "base/process/start.hpp"
#include "base/text/spelling.hpp"
#include "crypto/lean_start.hpp"
#include "keys/key_text.hpp"
#include "streamproc/decode.hpp"
#include "streamproc/error_line.hpp"
#include "streamproc/payload.hpp"
#include "streamproc/sandbox/sandbox.hpp"
#include "streamproc/stdout_holder.hpp"

#include <CLI/CLI.hpp>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <optional>
#include <sstream>

namespace imgcrypt::streamproc {
namespace {

constexpr int kFailureStatus = 1;
constexpr int kUsageStatus = static_cast<int>(ErrorCode::kUsage);

// Inherited by the holder and by key providers: no set-user-ID program gives them more rights than we have,
// and what they write can be read by its owner only.
void give_up_rights() {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::umask(077);
}

// Whatever failed after a signal, the signal is what ended us. `holder` is null where there is none yet.
[[noreturn]] void fail(StdoutHolder* holder, const std::string& message, const std::string& hint, int code) {
  const int status = cancel_signal() != 0 ? 128 + cancel_signal() : code;
  try {
    write_all(STDERR_FILENO, as_bytes(error_line(message, hint)), "stderr");
  } catch (const Error&) {
    ::_exit(status);  // nobody listens
  }
  if (holder != nullptr) holder->failure_is_told();
  ::_exit(status);
}

// --help and --version.
[[noreturn]] void answer(const CLI::App& app, const CLI::ParseError& request, StdoutHolder& holder) {
  std::ostringstream text;
  (void)app.exit(request, text, text);
  write_all(STDOUT_FILENO, as_bytes(text.str()), "stdout");
  holder.succeed();
  ::_exit(0);
}

// For the parser, as all below: what is wrong with a value; empty if nothing is.
std::string fault_of_inflate(const std::string& text) {
  const bool is_known = text == "auto" || text == "always" || text == "never";
  return is_known ? std::string() : "\"" + text + "\" is not auto, always or never";
}

std::string fault_of_sandbox(const std::string& text) {
  const bool is_known = text == "auto" || text == "require" || text == "off";
  return is_known ? std::string() : "\"" + text + "\" is not auto, require or off";
}

std::string fault_of_seconds(const std::string& text) {
  unsigned seconds = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_number = error == std::errc() && stop == text.data() + text.size();
  if (is_number && seconds >= 1 && seconds <= 3600) return {};
  return "\"" + text + "\" is not a number from 1 to 3600";
}

Error unknown_argument(const CLI::App& app, const std::string& argument) {
  if (!argument.starts_with('-'))
    return {ErrorCode::kUsage, "unexpected argument \"" + argument + "\"", "the decoder takes only options"};
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) names.push_back(option->get_name());
  const std::string near = nearest_name(argument, names);
  return {ErrorCode::kUsage, "unknown option \"" + argument + "\"",
          near.empty() ? "see ctd-decoder --help" : "did you mean " + near + "?"};
}

// The parser's own words name no cure. They begin with the option's name and a colon.
Error usage_error(const CLI::App& app, const CLI::ParseError& said) {
  if (const auto unknown = app.remaining(); !unknown.empty()) return unknown_argument(app, unknown.front());
  const std::string text = said.what();
  const CLI::Option* option = app.get_option_no_throw(text.substr(0, text.find(':')));
  if (option == nullptr) return {ErrorCode::kUsage, text, "see ctd-decoder --help"};
  const std::string hint =
      option->get_name() + " " + option->get_type_name() + ": " + option->get_description();
  if (said.get_exit_code() != static_cast<int>(CLI::ExitCodes::ArgumentMismatch))
    return {ErrorCode::kUsage, text, hint};
  return {ErrorCode::kUsage,
          option->get_name() + (option->empty() ? " needs a value" : " was given more than once"), hint};
}

Options parse_arguments(int argc, char** argv, StdoutHolder& holder) {
  Options options;
  CLI::App app(kDecoderAbout, "ctd-decoder");
  app.set_help_flag("-h,--help", "print this help");
  app.set_version_flag(
      "-V,--version", [] { return "ctd-decoder " IMGCRYPT_VERSION "\nsandbox: " + describe_sandbox(); },
      "print the version, and what this kernel offers for the sandbox");
  app.option_defaults()->always_capture_default();  // which --help then shows
  app.add_option("--decryption-keys-path", options.keys, "directory of private keys")->type_name("DIR");
  app.add_option("--content-root", options.content_roots,
                 "containerd's content store, for a layer that the parent process does not have open; may be "
                 "given several times")
      ->type_name("DIR")
      ->allow_extra_args(false)
      ->default_str("those of containerd, Docker, k3s and RKE2");
  app.add_option("--spool-dir", options.spool,
                 "where a layer is kept until it is verified if its blob is not found")
      ->type_name("DIR");
  unsigned provider_timeout{kProviderTimeout.count()};
  app.add_option("--provider-timeout", provider_timeout, "how long to wait for each answer of a key provider")
      ->check(CLI::Validator(fault_of_seconds, "1 to 3600"))
      ->type_name("SECONDS");
  std::string inflate = "auto";
  app.add_option(
         "--inflate", inflate,
         "whether to decompress the layer; auto: if the parent process has its blob open, as containerd does")
      ->check(CLI::Validator(fault_of_inflate, "auto, always or never"))
      ->type_name("WHEN");
  app.add_flag(
      "--stream", options.is_streaming,
      "decrypt while reading: only the last 128 KiB wait until the layer is verified; never decompresses");
  std::string sandbox = "auto";
  app.add_option(
         "--sandbox", sandbox,
         "whether to give up what decoding does not need, so that a hostile image cannot use it; auto: "
         "as far as this kernel can; require: or fail")
      ->check(CLI::Validator(fault_of_sandbox, "auto, require or off"))
      ->type_name("WHEN");
  app.add_flag("-v,--verbose", options.is_verbose, "say on stderr what this kernel lacks for the sandbox");
  app.footer(
      std::string(
          "containerd starts it for each layer; see stream_processors in /etc/containerd/config.toml.\n"
          "The environment variable OCICRYPT_KEYPROVIDER_CONFIG names the configuration of key providers;\n"
          "containerd's default is ") +
      kDefaultProviderConfig + ".");
  try {
    refuse_key_text(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    app.parse(argc, argv);
  } catch (const Error& error) {
    fail(&holder, error.message(), error.hint(), kUsageStatus);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) answer(app, error, holder);
    const Error usage = usage_error(app, error);
    fail(&holder, usage.message(), usage.hint(), kUsageStatus);
  }
  if (options.is_streaming && inflate == "always")
    fail(&holder, "--stream cannot be used with --inflate=always",
         "what is not verified yet is never decompressed", kUsageStatus);
  options.inflate = inflate == "auto"     ? Inflate::kAuto
                    : inflate == "always" ? Inflate::kAlways
                                          : Inflate::kNever;
  options.sandbox = sandbox == "auto"      ? SandboxMode::kAuto
                    : sandbox == "require" ? SandboxMode::kRequire
                                           : SandboxMode::kOff;
  const char* config = std::getenv("OCICRYPT_KEYPROVIDER_CONFIG");
  if (config != nullptr) options.provider_config = config;
  options.provider_timeout = std::chrono::seconds(provider_timeout);
  return options;
}

// With --verbose only: containerd shows stderr with every failure, whatever it was.
void tell_what_is_missing(const Options& options) {
  if (!options.is_verbose || options.sandbox == SandboxMode::kOff) return;
  if (const std::string missing = missing_from_sandbox(); !missing.empty())
    write_all(STDERR_FILENO,
              as_bytes("ctd-decoder: the sandbox is weaker: this kernel does not offer " + missing + "\n"),
              "stderr");
}

[[noreturn]] void run(int argc, char** argv) {
  std::optional<StdoutHolder> holding;
  StdoutHolder* holder = nullptr;
  try {
    // First, so that no file gets a number that means something; then the holder, before a key is in memory
    // that it would keep a copy of.
    prepare_process(kPayloadFd);
    give_up_rights();
    holder = &holding.emplace();
    start_openssl_leanly();
    const Options options = parse_arguments(argc, argv, *holder);
    tell_what_is_missing(options);
    decode_layer(options);
    // The last that can fail.
    holder->succeed();
    ::_exit(0);  // nothing is left that exit handlers would have to do
  } catch (const Error& error) {
    fail(holder, error.message(), error.hint(), kFailureStatus);
  } catch (const std::exception& error) {
    fail(holder, error.what(), {}, kFailureStatus);
  }
}

}  // namespace
}  // namespace imgcrypt::streamproc

int main(int argc, char** argv) { imgcrypt::streamproc::run(argc, argv); }
