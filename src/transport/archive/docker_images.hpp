// The images of an archive that Docker before version 25 wrote: its manifest.json names a config and the
// layers of each by the members' names. They become images of a layout by manifests that are made of the two,
// the same ones each time. Free functions.
#pragma once

#include "transport/archive/archive_contents.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

// Adds the images of the list. Layers are known by the config's diff_ids, which are checked when a layer is
// read; only compressed ones are read now. Throws kIntegrity for what is not such a list or lacks a member,
// kRefused beyond the limits of documents. REQUIRES: check_json() has accepted `list`.
void add_docker_images(const std::string& list, const std::string& what, ArchiveContents& contents);

// The manifest that an image of the list gets: of its config's digest and size, and its layers' descriptors.
[[nodiscard]] std::string docker_manifest(const Descriptor& config, const std::vector<Descriptor>& layers);

// The media type of a layer by its first bytes, four if there are as many.
[[nodiscard]] std::string docker_layer_type(std::string_view begin);

// "docker.io/library/app:latest" for "app"; a text that is no such name as it is.
[[nodiscard]] std::string full_image_name(const std::string& name);

// Whether Docker would load an image of that name, short or long, with a tag or without.
[[nodiscard]] bool is_docker_name(const std::string& name);

}  // namespace imgcrypt
