// The key providers that a machine has: the JSON file that OCICRYPT_KEYPROVIDER_CONFIG names
// (docs/formats.md, "Key providers").
#pragma once

#include "base/process/spawn.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct ProviderEntry {
  std::string name;
  std::optional<Program> program;
  // Added to the arguments to keep the program for many requests, one a line; nullopt: one request a process.
  std::optional<std::vector<std::string>> serve_arguments;
  std::string unusable;  // without a program: why, "speaks gRPC (HOST:PORT), ..."
  bool is_own = false;   // not from the file
};

// Whether it is a name that the other key schemes have for parameters of theirs (docs/formats.md).
[[nodiscard]] bool is_reserved_provider_name(std::string_view name);

// Throws kUsage, naming `file` and the line, for what is no configuration.
[[nodiscard]] std::vector<ProviderEntry> parse_provider_config(std::string_view text,
                                                               const std::string& file);

}  // namespace imgcrypt
