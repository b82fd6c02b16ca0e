// The media types of images (OCI image specification, "OCI Image Media Types"; Docker's schema 2), and what
// each means to encryption. docs/formats.md has the table. Pure functions; a type that is not known is never
// an error, since images carry attestations and artifacts of any type.
#pragma once

#include "oci/descriptor.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";

// OCI's or Docker's.
[[nodiscard]] bool is_manifest(std::string_view media_type);
[[nodiscard]] bool is_index(std::string_view media_type);
// Any other document that, by its type, names blobs in a way of its own: OCI's artifacts of 2022, Docker's
// schema 1.
[[nodiscard]] bool names_blobs(std::string_view media_type);
// OCI's name for a Docker type, schema 2: document, config or plain layer. nullopt for every other type,
// OCI's own included.
[[nodiscard]] std::optional<std::string> oci_type(std::string_view docker);
// The JSON that holds the diff_ids of a root file system, OCI's or Docker's.
[[nodiscard]] bool is_image_config(std::string_view media_type);

// A layer of a root file system that is not encrypted, under its OCI name: what encrypted_type() is for.
[[nodiscard]] bool is_plain_layer(std::string_view media_type);
// Layers that licences forbid to pass on, encrypted or not; mostly fetched from `urls`.
[[nodiscard]] bool is_nondistributable(std::string_view media_type);
// Plain nondistributable layers with `urls`, under their OCI names: everyone fetches those from there, so
// that encrypting them would hide nothing, and a store need not hold them. No other blob may be missing.
[[nodiscard]] bool is_foreign(const Descriptor& layer);
// Plain layers that are not foreign.
[[nodiscard]] bool can_be_encrypted(const Descriptor& layer);
// Any type that ends with "+encrypted", known or not.
[[nodiscard]] bool is_encrypted(std::string_view media_type);
// "+encrypted" twice: no writer makes it, and decrypting it would give a plain layer that calls itself
// encrypted.
[[nodiscard]] bool is_encrypted_twice(std::string_view media_type);
// A layer of a root file system, OCI's or Docker's, encrypted or not: what a config's diff_ids count.
[[nodiscard]] bool is_image_layer(const Descriptor& layer);
// The type with "+encrypted" appended, ocicrypt's convention.
[[nodiscard]] std::string encrypted_type(std::string_view plain);
// Undoes encrypted_type(). Docker's types with "+encrypted", which containers/image makes, become OCI's.
// REQUIRES: is_encrypted(encrypted).
[[nodiscard]] std::string decrypted_type(std::string_view encrypted);

}  // namespace imgcrypt
