// The options that the commands below `imgcrypt config` share: what is done, where, and with which decoder
// and keys. For the main thread.
#pragma once

#include "image/reporter.hpp"
#include "node/daemons/decoder_setup.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace imgcrypt::cli {

enum class SetupAction { kPrint, kInstall, kUninstall };

class SetupOptions {
 public:
  // --install, --uninstall and --root. `what` is installed, for the help text: "the drop-in".
  void add_to(CLI::App& command, const std::string& what);
  // --decoder, --keys and --keyprovider-config.
  void add_decoder_to(CLI::App& command);
  void add_keys_to(CLI::App& command, const std::string& default_directory);

  [[nodiscard]] SetupAction action() const noexcept;
  // The directory that is the node's root, without a slash at its end; empty for this machine's own.
  [[nodiscard]] std::string below() const;
  // Paths as the daemon sees them. Throws kUsage where one is not absolute, and kNotFound if there is to be
  // installed what has no decoder; otherwise warns of that.
  [[nodiscard]] DecoderSetup decoder_setup(Reporter& reporter) const;
  // As given with --keys, or the default. Throws kUsage if it is not absolute.
  [[nodiscard]] std::string keys() const;

 private:
  bool install_ = false;
  bool uninstall_ = false;
  std::string root_;
  std::string decoder_;
  std::string keys_;
  std::string provider_config_;
};

inline constexpr const char* kUsualDecoder = "/usr/local/bin/ctd-decoder";
// The one that was installed with this program, else the usual one.
[[nodiscard]] std::string own_decoder();

// --version, of a containerd; empty as long as it is not given.
void add_version_to(CLI::App& command, std::string& version, const std::string& about);

// Throws kUsage, naming the option, if the path is not absolute.
void require_absolute(const std::string& option, const std::string& path);

}  // namespace imgcrypt::cli
