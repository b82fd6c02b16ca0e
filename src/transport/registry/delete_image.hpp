// Deletes an image that lost its tag from a registry, with all manifests that only it needs: else whoever
// knows their digests could go on reading them. Layers are left to the registry, which removes what no
// manifest needs.
#pragma once

#include "transport/registry/registry_client.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// Looks at the images of all tags, and keeps the manifests that they list. Returns the references of those
// that have this root, or list it; nothing is deleted then. Manifests that are gone already are not an error.
// Images that only a digest leads to are not known, and a tag that is made meanwhile is not seen. Throws
// kRefused for a repository with more than kMostTagsRead tags; as RegistryClient, kRegistry if the registry
// does not delete; kIntegrity for an index that cannot be read.
[[nodiscard]] std::vector<std::string> delete_image(RegistryClient& client, const Digest& root);

inline constexpr std::size_t kMostTagsRead = 1'000;

}  // namespace imgcrypt
