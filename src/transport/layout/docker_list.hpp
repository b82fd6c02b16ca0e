// The manifest.json that `docker save` writes beside index.json: Docker's own list of images, each with its
// config and layers by path, "blobs/sha256/<hex>". It must not describe images that are gone, and what it
// describes is needed. Pure functions over its text, apart from the reading.
#pragma once

#include "transport/layout/layout_directory.hpp"

#include <optional>
#include <set>
#include <string>

namespace imgcrypt {

inline constexpr const char* kDockerList = "manifest.json";

// The text, checked as JSON only; nullopt when there is none. Throws as LayoutDirectory::read_index, and
// kIntegrity when it is not JSON.
[[nodiscard]] std::optional<std::string> read_docker_list(const LayoutDirectory& directory);

// The blobs that its images name. Paths outside blobs/ are none. Throws kIntegrity for what is not such a
// list. REQUIRES: check_json() has accepted the text; also below.
[[nodiscard]] std::set<Digest> blobs_of_docker_list(const std::string& list);

// The list without the images that have one of these configs: the same text when there is none, nullopt when
// none would be left. Throws as blobs_of_docker_list.
[[nodiscard]] std::optional<std::string> without_images(const std::string& list,
                                                        const std::set<Digest>& configs);

}  // namespace imgcrypt
