// The parts of an image's config that matter here (OCI image specification, "Image Configuration").
#pragma once

#include "oci/manifest.hpp"
#include "transport/image_store.hpp"

#include <optional>
#include <vector>

namespace imgcrypt {

struct ImageConfig {
  Platform platform;             // its parts may be empty
  std::vector<Digest> diff_ids;  // of the layers when they are decompressed, in their order
};

// nullopt when the manifest's config is not that of an image. Throws kNotFound when it is missing,
// kIntegrity when it is damaged, kRefused beyond 4 MiB.
[[nodiscard]] std::optional<ImageConfig> read_image_config(ImageSource& source, const Manifest& manifest);

}  // namespace imgcrypt
