// The media types of images, and what each means to encryption. docs/formats.md has the table.
#pragma once

#include "oci/descriptor.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";

[[nodiscard]] bool is_manifest(std::string_view media_type);
[[nodiscard]] bool is_index(std::string_view media_type);
// OCI's name for a type of Docker's image manifest, schema 2: document, config or layer in the clear. nullopt
// for every other type.
[[nodiscard]] std::optional<std::string> oci_type(std::string_view docker);
// The JSON with a root file system's diff_ids, OCI's or Docker's.
[[nodiscard]] bool is_image_config(std::string_view media_type);

// A layer of a root file system in the clear, which encrypt turns into encrypted_type().
[[nodiscard]] bool is_plain_layer(std::string_view media_type);
[[nodiscard]] bool is_nondistributable(std::string_view media_type);
// Plain layers, but for those that others fetch from their urls: they cannot be what only we can read.
[[nodiscard]] bool can_be_encrypted(const Descriptor& layer);
[[nodiscard]] bool is_encrypted(std::string_view media_type);
// Of a root file system, in OCI's words or Docker's, encrypted or not.
[[nodiscard]] bool is_image_layer(const Descriptor& layer);
[[nodiscard]] std::string encrypted_type(std::string_view plain);
// Undoes encrypted_type. The hybrid that containers/image makes of Docker's gzip type becomes OCI's.
// REQUIRES: is_encrypted(encrypted).
[[nodiscard]] std::string decrypted_type(std::string_view encrypted);

}  // namespace imgcrypt
