// Changes of a file with credentials, in place: what is not changed keeps its bytes, also what we do not
// know. Used by credential_store. For any thread and any number of processes.
#pragma once

#include "transport/credentials/auth_file.hpp"

#include <functional>
#include <optional>

namespace imgcrypt {

// The text with this key's entry set to user and password, as containers' tools and Docker write it. Other
// spellings of the key stay: the new entry counts before them. REQUIRES: no identity token.
[[nodiscard]] SecretBytes with_entry(const AuthFile& file, const RegistryKey& key,
                                     const Credentials& credentials);
// The same with an entry without credentials, by which Docker knows what its "credsStore" keeps.
[[nodiscard]] SecretBytes with_empty_entry(const AuthFile& file, const std::string& name);
// Without the key's entries, in whatever spelling; nullopt if there are none.
[[nodiscard]] std::optional<SecretBytes> without_entries(const AuthFile& file, const RegistryKey& key);
// Without any entry; nullopt if there are none.
[[nodiscard]] std::optional<SecretBytes> without_all_entries(const AuthFile& file);

// Reads the file, which need not exist, while no other login or logout of ours changes it, and replaces it by
// what `edit` returns; nullopt changes nothing. The new file has mode 0600 and replaces the old one at once,
// or not at all; a folder that is missing is made, with mode 0700. A link is followed. Throws as
// AuthFile::read (but for kNotFound), what `edit` throws, and kOther.
void edit_auth_file(const std::filesystem::path& path,
                    const std::function<std::optional<SecretBytes>(const AuthFile&)>& edit);

}  // namespace imgcrypt
