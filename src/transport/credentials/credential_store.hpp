// Where `imgcrypt login` puts credentials and `imgcrypt logout` removes them: a file, or the helper program
// that the file names. For any thread and any number of processes.
#pragma once

#include "base/process/child_process.hpp"
#include "transport/credentials/registry_key.hpp"
#include "transport/registry/registry_options.hpp"

#include <filesystem>
#include <string>

namespace imgcrypt {

struct CredentialStore {
  std::filesystem::path file;  // auth.json or config.json; need not exist
  ProgramLimits helper_limits = {};

  // Returns where they are now, for people: the file or the helper's program. Throws kUsage for the path of
  // repositories where a helper keeps the credentials, as helpers know whole registries only; as
  // edit_auth_file and CredentialHelper::store.
  // REQUIRES: no identity token.
  [[nodiscard]] std::string put(const RegistryKey& key, const Credentials& credentials) const;
  // Whether there were any. Throws as put.
  [[nodiscard]] bool remove(const RegistryKey& key) const;
  // All that the file and its helpers have for registries that the file names; other credentials that a
  // helper keeps stay. Whether there were any. Throws as put.
  [[nodiscard]] bool remove_all() const;
};

}  // namespace imgcrypt
