// What changes in an index when the documents it lists become others.
#pragma once

#include "oci/edit.hpp"

#include <vector>

namespace imgcrypt {

// One edit for each entry of `before`; nullopt in `after` takes it out. Attestations that name an entry
// (`vnd.docker.reference.digest`) follow it.
[[nodiscard]] std::vector<DescriptorEdit> child_edits(const std::vector<Descriptor>& before,
                                                      const std::vector<std::optional<Descriptor>>& after);

// The digest of the manifest that this one, an attestation, is about.
[[nodiscard]] std::optional<std::string> subject_of(const Descriptor& attestation);

}  // namespace imgcrypt
