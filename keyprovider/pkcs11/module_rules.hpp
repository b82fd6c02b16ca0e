// Which PKCS#11 modules, i.e. shared libraries, may be loaded, and where they are looked for: ocicrypt's
// configuration. Read at each call.
#pragma once

#include "keyprovider/pkcs11/uri.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt::keyprovider::pkcs11 {

struct ModuleRules {
  std::vector<std::string> directories;
  std::vector<std::string> allowed;  // files, and directories that end with '/' for the files in them
  std::string file;                  // where they are from; empty: built in
};

// "pkcs11/module-directories" and "pkcs11/allowed-module-paths" of a YAML file. Throws kUsage and kRefused,
// naming it.
[[nodiscard]] ModuleRules parse_module_rules(std::string_view text, const std::string& file);

// The directories of distributions: what OCICRYPT_CONFIG=internal means.
[[nodiscard]] ModuleRules internal_module_rules();

// Those of OCICRYPT_CONFIG, a file or "internal"; else the first of $XDG_CONFIG_HOME/ocicrypt.conf,
// ~/.config/ocicrypt.conf and /etc/ocicrypt.conf. ocicrypt looks for the last below the current directory,
// which somebody else may have filled. Throws kUsage if there is none, or if the one that is named is
// missing.
[[nodiscard]] ModuleRules read_module_rules();

// The path of the module that the URI names by `module-path` or `module-name`. Throws kUsage if it names
// none, the module is not there, or the rules do not allow it: the hint has the line to add.
[[nodiscard]] std::string find_module(const Uri& uri, const ModuleRules& rules);

}  // namespace imgcrypt::keyprovider::pkcs11
