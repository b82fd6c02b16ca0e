// The key providers that a machine has: the JSON file that OCICRYPT_KEYPROVIDER_CONFIG names
// (docs/formats.md, "Key providers"). Used by KeyProviders. Pure functions over values.
#pragma once

#include "base/process/spawn.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct ProviderEntry {
  // Never empty, without ':' and ',', and not a reserved name.
  std::string name;
  // nullopt: the entry cannot be used, and `unusable` says why. It is no error until somebody needs it.
  std::optional<Program> program;
  // With these added to its arguments the program reads many requests, one a line; nullopt: one request a
  // process.
  std::optional<std::vector<std::string>> serve_arguments;
  std::string unusable;  // why there is no program: "has no \"cmd\""
  bool is_own = false;   // not from the file
  // A service over gRPC. Then program->path is only the name of the program of ours that asks it, which is in
  // libexec; the reader of the file does not know where that is.
  bool is_grpc = false;
};

// Whether ocicrypt gives this name to parameters of other key schemes (docs/formats.md): a provider of that
// name would be sent their secrets.
[[nodiscard]] bool is_reserved_provider_name(std::string_view name);

// The providers in the order of the file. Throws kUsage, naming `file` and the line, for what is not a
// configuration.
[[nodiscard]] std::vector<ProviderEntry> parse_provider_config(std::string_view text,
                                                               const std::string& file);

}  // namespace imgcrypt
