// A file with credentials for registries, as it was read: containers' auth.json (containers-auth.json(5)),
// Docker's config.json, or ~/.dockercfg. A value that belongs to one thread at a time; it holds secrets.
#pragma once

#include "base/secret_bytes.hpp"
#include "base/text/json.hpp"
#include "transport/credentials/registry_key.hpp"
#include "transport/registry/registry_options.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

enum class AuthFileFormat {
  kConfig,  // auth.json and config.json: {"auths": {...}, "credHelpers": {...}, "credsStore": "..."}
  kOld,     // ~/.dockercfg: the content of "auths" alone
};

// A program that keeps the credentials of a registry, and what it calls the registry.
struct HelperEntry {
  std::string name;                  // docker-credential-NAME; not checked
  std::vector<std::string> servers;  // to be asked for in this order; new credentials get the first
};

class AuthFile {
 public:
  // An empty file is one without entries. Throws kNotFound if there is no file; kUsage, naming it and the
  // place but no value, if it is not JSON or not an object; kRefused for more than 1 MiB; kOther.
  static AuthFile read(const std::filesystem::path& path, AuthFileFormat format = AuthFileFormat::kConfig);
  // One that does not exist yet.
  static AuthFile empty(const std::filesystem::path& path);
  // REQUIRES: the text is an edit of one that was read.
  static AuthFile of_text(const std::filesystem::path& path, SecretBytes text) {
    return {path, AuthFileFormat::kConfig, std::move(text)};
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::string_view text() const noexcept { return as_text(text_.expose()); }

  // The credentials of the key itself or the longest path above it that has any. An entry without
  // credentials, as Docker leaves them for its helpers, is passed over. Throws kUsage if the entry cannot be
  // read.
  [[nodiscard]] std::optional<Credentials> find(const RegistryKey& key) const;
  // The program of "credHelpers" that keeps this registry's credentials.
  [[nodiscard]] std::optional<HelperEntry> helper_of(const std::string& host) const;
  // The program of "credsStore", which keeps those of all others.
  [[nodiscard]] std::optional<HelperEntry> default_helper(const std::string& host) const;

  // "auths": views into text(). nullopt if there is none. Throws kUsage if it is not an object.
  [[nodiscard]] std::optional<JsonView> entries() const;
  // The members of "auths" that are this very key, in whatever spelling.
  [[nodiscard]] std::vector<JsonMember> entries_of(const RegistryKey& key) const;
  // Each registry that "credHelpers" names, with its program.
  [[nodiscard]] std::vector<HelperEntry> all_helpers() const;

 private:
  AuthFile(std::filesystem::path path, AuthFileFormat format, SecretBytes text)
      : path_(std::move(path)), format_(format), text_(std::move(text)) {}
  [[nodiscard]] std::vector<JsonMember> members_of(std::string_view name) const;
  [[nodiscard]] RegistryKey key_of(const JsonMember& entry) const;
  [[nodiscard]] Credentials decode(std::string_view auth, const std::string& key) const;
  [[nodiscard]] std::optional<Credentials> credentials_of(const JsonMember& entry) const;

  std::filesystem::path path_;
  AuthFileFormat format_;
  SecretBytes text_;
};

}  // namespace imgcrypt
