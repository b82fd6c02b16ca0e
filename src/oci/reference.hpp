// Where an image is, in skopeo's words: TRANSPORT:DETAILS.
#pragma once

#include "oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

// oci:DIR[:TAG][@DIGEST]; with both, both must fit. Or oci:DIR:@N: the image at that position of index.json,
// from 0. The directory ends at the first colon, as it does for skopeo.
struct Reference {
  std::string directory;
  std::string tag;  // may be empty
  std::optional<Digest> digest;
  std::optional<std::size_t> position = std::nullopt;  // then there is neither tag nor digest

  static Reference parse(std::string_view text);  // throws kUsage
  [[nodiscard]] std::string string() const;
};

// Whether a tag is what OCI allows as org.opencontainers.image.ref.name (image specification, "Pre-Defined
// Annotation Keys"), so that other tools can name it.
[[nodiscard]] bool is_ref_name(std::string_view tag);

}  // namespace imgcrypt
