// An image in an OCI image layout, as the user names it, in skopeo's syntax: DIR[:TAG][@DIGEST] or DIR:@N. A
// value that says nothing about whether the image exists.
#pragma once

#include "oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

struct LayoutReference {
  std::string directory;
  std::string tag = {};                         // empty: any, if there is only one image
  std::optional<Digest> digest = std::nullopt;  // of the root; with a tag, both must match
  // In index.json, from 0; then there is neither tag nor digest.
  std::optional<std::size_t> position = std::nullopt;

  // `details` is what follows "oci:". The directory ends at the first colon after which everything parses as
  // a tag, or before an @ that is followed by a digest; other colons and @ belong to it, so that
  // /srv/team@share:1 works as people write it. Throws kUsage for what begins like a digest or position and
  // is not one, and for control characters.
  static LayoutReference parse(std::string_view details);
  // "oci:DIR:TAG@sha256:...", for messages and for parse() without its "oci:".
  [[nodiscard]] std::string string() const;
};

// Whether OCI allows a tag as org.opencontainers.image.ref.name (image specification, "Pre-Defined Annotation
// Keys"), so that other tools can use it. We read any tag, but write only these.
[[nodiscard]] bool is_ref_name(std::string_view tag);

}  // namespace imgcrypt
