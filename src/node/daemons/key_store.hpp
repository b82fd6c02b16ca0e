// Putting keys into the key directory of a node, where only their owner can read them. For one thread at a
// time.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>
#include <string>

namespace imgcrypt {

// What became of something that may have been right before.
enum class StoreChange { kNone, kWritten, kReplaced };

// Whether a file of this name in a key directory is taken for a key.
[[nodiscard]] bool is_key_name(const std::string& name);

// Makes the directory with mode 0700, or takes the rights of others off one that is there, which is
// kReplaced. Missing ones above it get 0755. Throws kRefused if it belongs to another user than root and us,
// or is not a directory; kOther.
StoreChange prepare_key_directory(const std::string& directory);

enum class IfStored { kRefuse, kReplace };

// A key, and the passphrase that it is encrypted with, if it is.
struct StoredKey {
  std::string name;  // of its file; its passphrase goes into NAME.pass
  SecretBytes content;
  std::optional<SecretBytes> passphrase;
};

// What store_key would do, without doing it: for several keys, all of which or none are to be stored. Throws
// kUsage for a name that the directory cannot have, kRefused if another key has the name and `if_stored` is
// kRefuse.
[[nodiscard]] StoreChange planned_change(const std::string& directory, const StoredKey& key,
                                         IfStored if_stored);

// Writes the key and its passphrase, with mode 0600, each at once. The passphrase's file of a former key of
// that name goes. The same key again is kNone. Throws as planned_change; kOther.
StoreChange store_key(const std::string& directory, const StoredKey& key, IfStored if_stored);

// Removes the key, if it is there, and then its passphrase. Throws kOther.
void remove_key(const std::string& directory, const std::string& name);
// Removes the directory if it is empty, and then the one above if that is.
void remove_empty_key_directory(const std::string& directory);

}  // namespace imgcrypt
