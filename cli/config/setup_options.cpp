#include "cli/config/setup_options.hpp"

#include "node/daemons/containerd_version.hpp"

#include <imgcrypt/error.hpp>

#include <unistd.h>

#include <filesystem>

namespace imgcrypt::cli {
namespace {

namespace fs = std::filesystem;

// For the parser: what is wrong with a version; empty if nothing is.
std::string fault_of_version(const std::string& text) {
  return parse_containerd_version(text) ? std::string() : text + " is not a version, such as 1.6 or 2.1+";
}

}  // namespace

std::string own_decoder() {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const std::string beside = (program.parent_path() / "ctd-decoder").string();
  return ::access(beside.c_str(), X_OK) == 0 ? beside : kUsualDecoder;
}

void add_version_to(CLI::App& command, std::string& version, const std::string& about) {
  command.add_option("--version", version, about)
      ->check(CLI::Validator(fault_of_version, ""))
      ->type_name("1.6|1.7|2.0|2.1+");
}

void require_absolute(const std::string& option, const std::string& path) {
  if (fs::path(path).is_absolute()) return;
  throw Error(ErrorCode::kUsage, option + ": " + path + " is not an absolute path",
              "the daemon has another working directory");
}

void SetupOptions::add_to(CLI::App& command, const std::string& what) {
  CLI::Option* install =
      command.add_flag("--install", install_, "put " + what + " in place, instead of printing it");
  command.add_flag("--uninstall", uninstall_, "take away again what --install has done")->excludes(install);
  command.add_option("--root", root_, "directory that is the root of the node, such as that of an image")
      ->type_name("DIR");
}

void SetupOptions::add_decoder_to(CLI::App& command) {
  command.add_option("--decoder", decoder_, "decoder (default: ctd-decoder beside this program)")
      ->type_name("FILE");
  add_keys_to(command, kDefaultKeyDirectory);
  provider_config_ = kDefaultProviderConfig;
  command
      .add_option("--keyprovider-config", provider_config_,
                  "file that lists key providers (default: " + provider_config_ + ", which need not exist)")
      ->type_name("FILE");
}

void SetupOptions::add_keys_to(CLI::App& command, const std::string& default_directory) {
  keys_ = default_directory;
  command.add_option("--keys", keys_, "directory of the keys (default: " + keys_ + ")")->type_name("DIR");
}

SetupAction SetupOptions::action() const noexcept {
  if (install_) return SetupAction::kInstall;
  return uninstall_ ? SetupAction::kUninstall : SetupAction::kPrint;
}

std::string SetupOptions::below() const {
  std::string root = root_;
  while (root.ends_with('/')) root.pop_back();
  return root;
}

DecoderSetup SetupOptions::decoder_setup(Reporter& reporter) const {
  DecoderSetup setup;
  setup.decoder = decoder_.empty() ? own_decoder() : decoder_;
  setup.keys = keys();
  setup.provider_config = provider_config_;
  require_absolute("--decoder", setup.decoder);
  require_absolute("--keyprovider-config", setup.provider_config);
  if (::access((below() + setup.decoder).c_str(), X_OK) == 0) return setup;
  const std::string fault = "there is no decoder at " + below() + setup.decoder;
  if (action() == SetupAction::kInstall)
    throw Error(ErrorCode::kNotFound, fault,
                "install ctd-decoder there first, or say where it is: --decoder FILE");
  reporter.warn(fault);
  return setup;
}

std::string SetupOptions::keys() const {
  require_absolute("--keys", keys_);
  return keys_;
}

}  // namespace imgcrypt::cli
