// What an image's configs say that its layers hold, and whether they do. A diff_id is the digest of a
// decompressed layer (OCI image specification, "Image Configuration", `rootfs`).
#pragma once

#include "image/tree/configs.hpp"
#include "image/tree/tree.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// The diff_id of each layer of a manifest, nullopt for a blob that the config does not count; empty when the
// config lists none, as those of artifacts. Nothing else pairs layers with diff_ids. Throws kIntegrity when
// there are neither as many diff_ids as layers nor as many as layers of a root file system (other blobs may
// be among them), kIntegrity or kRefused when they cannot be read, and as Configs::of. Unless it is empty,
// the result is as long as manifest.layers().
[[nodiscard]] std::vector<std::optional<Digest>> diff_ids_of(Configs& configs, const ImageNode& node,
                                                             const Manifest& manifest);

// The warning where the diff_ids of a manifest's config cannot be read (ImageConfig::diff_ids_problem), and
// need not be compared now.
[[nodiscard]] std::string unreadable_diff_ids(const ImageNode& node, const Error& problem);

// What the configs say of a blob, which may occur in several places: each diff_id with the first of them.
using ExpectedDiffIds = std::map<Digest, std::string>;

// What a layer turned out to hold.
struct LayerContent {
  Digest diff_id;
  std::string_view foreign_compression = {};  // that was not undone (foreign_compression())
};

// Throws kIntegrity unless the layer is the one that the config says; kRefused if nobody can tell, as it was
// not decompressed. Two that differ only in their algorithm count as different.
void check_diff_id(const Digest& expected, const LayerContent& found);

// The same for all of them: a layer of several images must be right for each. `place` is the one that the
// caller puts in front: errors name another one themselves.
void check_diff_ids(const ExpectedDiffIds& expected, const std::string& place, const LayerContent& found);

}  // namespace imgcrypt
