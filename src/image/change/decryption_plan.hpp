// The plan of a decryption: which layers are decrypted, and what each must turn out to be. That is the
// diff_id that the configs give it, unless the manifest becomes exactly the one that was encrypted: then the
// layers' own digests say as much, and nothing need be decompressed.
#pragma once

#include "image/change/content_notes.hpp"
#include "image/change/image_plan.hpp"
#include "image/change/layer_check.hpp"
#include "image/change/layer_keys.hpp"
#include "image/reporter.hpp"
#include "image/tree/configs.hpp"

#include <vector>

namespace imgcrypt {

// Which layers must be those that the image's config means, by their diff_ids (OCI image specification,
// "Image Configuration"): a layer may decrypt well and still be another image's, put in its place.
enum class DiffIdCheck {
  kAuto,    // those of manifests that do not become exactly the ones that were encrypted
  kAlways,  // all; an encrypted layer for which the config has none is refused
  kNever,   // no config is read
};

// A value that is moved on to rewrite_image(); its changes refer to the source, the notes and the
// reporter.
struct DecryptionPlan {
  ImagePlan plan;
  // The other layers of the same manifests that have diff_ids, of whatever type, which must be checked as
  // well (check_layers): one that was put in the place of an encrypted layer would otherwise pass.
  std::vector<LayerToCheck> plain_layers;
};

// Plans to decrypt the layers that `unwrapped` has keys for. Reads the configs of the manifests that hold
// them, but no layer. `source`, `notes` and `reporter` must outlive the plan; `notes` get what its changes
// notice when they are applied. Notes, once, manifests whose layers cannot be compared. Throws as
// diff_ids_of(), and kRefused where kAlways has nothing to compare.
[[nodiscard]] DecryptionPlan plan_decryption(const ImageNode& tree, const UnwrappedKeys& unwrapped,
                                             DiffIdCheck check, Configs& configs, ImageSource& source,
                                             ContentNotes& notes, Reporter& reporter);

}  // namespace imgcrypt
