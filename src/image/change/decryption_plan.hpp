// What becomes of an image of whose encrypted layers some can be opened, and what each must then be: its
// diff_id, as the configs say, unless the manifest becomes the very one that was encrypted.
#pragma once

#include "image/change/image_plan.hpp"
#include "image/change/layer_check.hpp"
#include "image/change/layer_keys.hpp"
#include "image/decrypt.hpp"
#include "image/tree/configs.hpp"

#include <vector>

namespace imgcrypt {

struct DecryptionPlan {
  ImagePlan plan;
  // The plain layers beside decrypted ones whose diff_ids are to be checked as well (check_layers).
  std::vector<LayerToCheck> plain_layers;
};

// Decrypts the layers that `unwrapped` has keys for. Reads the configs of the manifests that hold them.
// `source` and `reporter` must outlive the plan. Throws as diff_ids_of().
[[nodiscard]] DecryptionPlan plan_decryption(const ImageNode& tree, const UnwrappedKeys& unwrapped,
                                             DiffIdCheck check, Configs& configs, ImageSource& source,
                                             Reporter& reporter);

}  // namespace imgcrypt
