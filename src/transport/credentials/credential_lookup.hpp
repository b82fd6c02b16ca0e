// Finds the credentials for a registry where containers' tools and Docker keep them. Used for
// RegistryOptions::credentials and by `imgcrypt login`. For any thread; nothing is kept between two calls.
#pragma once

#include "base/process/child_process.hpp"
#include "transport/credentials/auth_file.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

enum class IfAbsent { kPassOver, kFail };

struct AuthFilePlace {
  std::filesystem::path path;
  AuthFileFormat format = AuthFileFormat::kConfig;
  IfAbsent if_absent = IfAbsent::kPassOver;  // kFail for a file that the user named
};

struct CredentialPlaces {
  std::vector<AuthFilePlace> files;  // in the order in which they are asked
  ProgramLimits helper_limits = {};
  // Told of a file that others can read, one line. May be empty.
  std::function<void(const std::string&)> warn = {};
};

// Those of the first file that has any. In one file: the helper that it names for this registry, then its
// entries, the longest path first, then its helper for all others. nullopt: anonymous. Throws kUsage for a
// file that cannot be used or is missing though it must not; as CredentialHelper::get.
[[nodiscard]] std::optional<Credentials> find_credentials(const CredentialPlaces& places,
                                                          const RegistryKey& key);

}  // namespace imgcrypt
