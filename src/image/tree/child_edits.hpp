// How an index changes when documents that it lists change or go, so that it keeps listing the right ones.
#pragma once

#include "oci/edit.hpp"

#include <vector>

namespace imgcrypt {

// One edit for each entry of `before`; nullopt in `after` removes it. Attestations that name a changed entry
// (`vnd.docker.reference.digest`) name the new one. REQUIRES: `after` is as long as `before`. Entries that
// stay the same get an empty edit, so that their bytes stay. An entry without a media type does not get one.
[[nodiscard]] std::vector<DescriptorEdit> child_edits(const std::vector<Descriptor>& before,
                                                      const std::vector<std::optional<Descriptor>>& after);

// The digest of the manifest that this one is about, if it is an attestation (BuildKit's annotation
// `vnd.docker.reference.digest`). As the image has it: perhaps not a digest.
[[nodiscard]] std::optional<std::string> subject_of(const Descriptor& attestation);

}  // namespace imgcrypt
