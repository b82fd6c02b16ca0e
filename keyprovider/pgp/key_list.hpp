// Lists of keys for `imgcrypt key show` and `imgcrypt inspect`, as JSON. One thread.
#pragma once

#include <string>
#include <vector>

namespace imgcrypt::keyprovider::pgp {

// The keys of a file, public or secret: [{"fingerprint","keyId","kind","userIds","expires","fault"}...], a
// line. `keyId` and `kind` are those of the subkey that messages are encrypted for. Throws kUsage, naming the
// file.
[[nodiscard]] std::string list_key_file(const std::string& file);

// The user ids of those of the subkeys with these ids that the user's keyring knows: {"KEYID":"USER ID"}, a
// line.
[[nodiscard]] std::string name_keys(const std::vector<std::string>& key_ids);

}  // namespace imgcrypt::keyprovider::pgp
