// Which blobs of a manifest make up the root file system of its containers: what an encrypted image has to
// hide.
#pragma once

#include "oci/digest.hpp"
#include "oci/manifest.hpp"

#include <optional>
#include <vector>

namespace imgcrypt {

// One answer for each layer of the manifest: true for a layer, encrypted or not, whose type says so, and for
// whatever the config counts, e.g. the blobs of file systems of other kinds (nydus). Never true for in-toto
// statements, which BuildKit's configs count as well: nothing unpacks them. `diff_ids` are those of
// diff_ids_of(); empty if nothing is known.
[[nodiscard]] std::vector<bool> file_system_layers(const Manifest& manifest,
                                                   const std::vector<std::optional<Digest>>& diff_ids);

}  // namespace imgcrypt
