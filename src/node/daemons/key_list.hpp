// Which keys of a key directory came there together, from a directory such as that of a Secret of Kubernetes:
// a file beside the key directory lists their names, so that they can be replaced and taken away together,
// and other keys stay. Used by `imgcrypt config keys`. For one thread at a time.
#pragma once

#include <string>
#include <vector>

namespace imgcrypt {

// Names of files, sorted; empty if there is no list. Throws kRefused if the list is not ours, or names what
// cannot be a key of the directory; kOther.
[[nodiscard]] std::vector<std::string> listed_keys(const std::string& directory);

// Replaces the list at once. Without names its file goes. The directory above must exist. Throws kOther.
void list_keys(const std::string& directory, const std::vector<std::string>& names);

}  // namespace imgcrypt
