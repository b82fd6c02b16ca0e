// An image in an OCI image layout, as the user names it (skopeo's form): DIR[:TAG][@DIGEST] or DIR:@N.
#pragma once

#include "oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

struct LayoutReference {
  std::string directory;
  std::string tag = {};                         // may be empty
  std::optional<Digest> digest = std::nullopt;  // with a tag, both must fit
  std::optional<std::size_t> position =
      std::nullopt;  // in index.json, from 0; then there is no tag or digest

  // `details` is what follows "oci:". The directory ends at the first colon after which everything parses as
  // a tag, or before an @ that a digest follows; other colons and @ belong to it. Throws kUsage.
  static LayoutReference parse(std::string_view details);
  [[nodiscard]] std::string string() const;  // "oci:DIR:TAG@sha256:..."
};

// Whether a tag is what OCI allows as org.opencontainers.image.ref.name (image specification, "Pre-Defined
// Annotation Keys"), so that other tools can name it.
[[nodiscard]] bool is_ref_name(std::string_view tag);

}  // namespace imgcrypt
