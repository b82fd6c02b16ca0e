// What CRI-O is told: where its keys are. It decrypts by itself, with unencrypted private keys in PEM; so it
// needs no decoder. Used by `imgcrypt config`. Pure functions, apart from reading files.
#pragma once

#include "node/daemons/file_edit.hpp"

#include <string>

namespace imgcrypt {

// CRI-O's own default.
inline constexpr const char* kCrioKeyDirectory = "/etc/crio/keys";
// One of the drop-ins that CRI-O reads by itself.
inline constexpr const char* kCrioDropIn = "/etc/crio/crio.conf.d/50-imgcrypt.conf";

// Throws kUsage for a path that TOML cannot hold.
[[nodiscard]] std::string crio_drop_in(const std::string& keys);

// Throws kRefused if the drop-in is not ours, if one of those that are stronger names another directory, or
// if it is not TOML.
[[nodiscard]] FileEdits install_crio(const std::string& keys, const std::string& below);
// Throws kRefused if the drop-in is not ours.
[[nodiscard]] FileEdits uninstall_crio(const std::string& below);

}  // namespace imgcrypt
