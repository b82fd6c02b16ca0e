// The plan of a decryption: which layers are decrypted, and what each must turn out to be. That is the
// diff_id that the configs give it, unless the manifest becomes exactly the one that was encrypted: then the
// layers' own digests say as much, and nothing need be decompressed.
#pragma once

#include "image/change/image_plan.hpp"
#include "image/change/layer_keys.hpp"
#include "image/reporter.hpp"
#include "image/tree/configs.hpp"

namespace imgcrypt {

// Which layers must be those that the image's config means, by their diff_ids (OCI image specification,
// "Image Configuration"): a layer may decrypt well and still be another image's, put in its place.
enum class DiffIdCheck {
  kAuto,    // those of manifests that do not become exactly the ones that were encrypted
  kAlways,  // all; an encrypted layer for which the config has none is refused
  kNever,   // no config is read
};

// Plans to decrypt the layers that `unwrapped` has keys for, and to check the other layers of the same
// manifests that have diff_ids, of whatever type: one that was put in the place of an encrypted layer would
// otherwise pass. Reads the configs of these manifests, but no layer. `source` and `reporter` must outlive
// the plan. Notes manifests whose layers cannot be compared. Throws as diff_ids_of(), and kRefused where
// kAlways has nothing to compare.
[[nodiscard]] ImagePlan plan_decryption(const ImageNode& tree, const UnwrappedKeys& unwrapped,
                                        DiffIdCheck check, Configs& configs, ImageSource& source,
                                        Reporter& reporter);

}  // namespace imgcrypt
