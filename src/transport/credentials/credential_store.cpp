#include "transport/credentials/credential_store.hpp"

#include "transport/credentials/auth_file_edit.hpp"
#include "transport/credentials/credential_helper.hpp"

namespace imgcrypt {
namespace {

// What it cannot read it has all the same.
bool may_have(const CredentialHelper& helper, const std::string& server) try {
  return helper.get(server).has_value();
} catch (const Error& error) {
  if (error.code() == ErrorCode::kCancelled) throw;
  return true;
}

bool erase_from(const HelperEntry& entry, const ProgramLimits& limits) {
  const CredentialHelper helper(entry.name, limits);
  bool has_erased = false;
  for (const std::string& server : entry.servers) {
    // Some erase in silence what they do not have.
    const bool has_any = may_have(helper, server);
    has_erased |= helper.erase(server) && has_any;
  }
  return has_erased;
}

bool erase_key(const AuthFile& file, const RegistryKey& key, const ProgramLimits& limits) {
  bool has_erased = false;
  if (!key.path.empty()) return has_erased;
  for (const auto& entry : {file.helper_of(key.host), file.default_helper(key.host)}) {
    if (entry) has_erased |= erase_from(*entry, limits);
  }
  return has_erased;
}

}  // namespace

std::string CredentialStore::put(const RegistryKey& key, const Credentials& credentials) const {
  std::string place = file.string();
  edit_auth_file(file, [&](const AuthFile& present) -> std::optional<SecretBytes> {
    const auto own = present.helper_of(key.host);
    const auto entry = own ? own : present.default_helper(key.host);
    if (!entry) return with_entry(present, key, credentials);
    const CredentialHelper helper(entry->name, helper_limits);
    if (!key.path.empty())
      throw Error(ErrorCode::kUsage,
                  helper.program() + ", which " + file.string() +
                      " names, keeps credentials of whole registries only",
                  "log in to " + key.host + ", or to another file with --authfile");
    helper.store(entry->servers.front(), credentials);
    place = helper.program();
    return own ? std::nullopt : std::optional(with_empty_entry(present, entry->servers.front()));
  });
  return place;
}

bool CredentialStore::remove(const RegistryKey& key) const {
  bool had_any = false;
  edit_auth_file(file, [&](const AuthFile& present) {
    had_any = erase_key(present, key, helper_limits);
    auto edited = without_entries(present, key);
    had_any |= edited.has_value();
    return edited;
  });
  return had_any;
}

bool CredentialStore::remove_all() const {
  bool had_any = false;
  edit_auth_file(file, [&](const AuthFile& present) {
    for (const HelperEntry& helper : present.all_helpers()) had_any |= erase_from(helper, helper_limits);
    const auto entries = present.entries();
    for (const JsonMember& entry : entries ? entries->members() : std::vector<JsonMember>()) {
      const RegistryKey key = RegistryKey::of_file(entry.name());
      if (const auto helper = present.default_helper(key.host)) had_any |= erase_from(*helper, helper_limits);
    }
    auto edited = without_all_entries(present);
    had_any |= edited.has_value();
    return edited;
  });
  return had_any;
}

}  // namespace imgcrypt
