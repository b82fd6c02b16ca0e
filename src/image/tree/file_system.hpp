// Which blobs of a manifest make up the root file system of its containers: what an encrypted image has to
// hide.
#pragma once

#include "oci/digest.hpp"
#include "oci/manifest.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <vector>

namespace imgcrypt {

// One answer for each layer of the manifest: true for a layer, encrypted or not, whose type says so, and for
// whatever the config counts, e.g. the blobs of file systems of other kinds (nydus). Never true for in-toto
// statements, which BuildKit's configs count as well: nothing unpacks them. `diff_ids` are those of
// diff_ids_of(); empty if nothing is known.
[[nodiscard]] std::vector<bool> file_system_layers(const Manifest& manifest,
                                                   const std::vector<std::optional<Digest>>& diff_ids);

// Where the config lists diff_ids that cannot be read: it may count any of them.
[[nodiscard]] std::vector<bool> file_system_layers_at_most(const Manifest& manifest);

// Whether a store that does not give a blob may be right: it lacks a foreign layer, which everyone fetches
// from its urls (is_foreign). The one excuse there is: whatever else has urls is needed.
[[nodiscard]] bool is_elsewhere(const Descriptor& blob, const Error& failure);

}  // namespace imgcrypt
