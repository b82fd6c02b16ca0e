// One image of those that a layout or an archive lists, as the user names it: PATH[:TAG][@DIGEST] or PATH:@N,
// in skopeo's syntax. A value that says nothing about whether the image exists.
#pragma once

#include "oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

struct ImageName {
  std::string transport;                        // "oci:"
  std::string path;                             // of the layout or archive
  std::string tag = {};                         // empty: any, if there is only one image
  std::optional<Digest> digest = std::nullopt;  // of the root; with a tag, both must match
  // In the list, from 0; then there is neither tag nor digest.
  std::optional<std::size_t> position = std::nullopt;

  // `details` is what follows the transport. The path ends at the first colon after which everything parses
  // as a tag, or before an @ that is followed by a digest; other colons and @ belong to it, so that
  // /srv/team@share:1 works as people write it. `kind` is what a path leads to, DIR or FILE, for the hint.
  // Throws kUsage for what begins like a digest or position and is not one, and for control characters.
  static ImageName parse(std::string_view transport, std::string_view details, std::string_view kind);
  // "oci:DIR:TAG@sha256:...": what was parsed.
  [[nodiscard]] std::string string() const;
  // "oci:DIR"
  [[nodiscard]] std::string store() const { return transport + path; }
  // What such a store is called: "the layout".
  [[nodiscard]] std::string noun() const { return transport == "oci:" ? "the layout" : "the archive"; }
};

// Whether OCI allows a tag as org.opencontainers.image.ref.name (image specification, "Pre-Defined Annotation
// Keys"), so that other tools can use it. We read any tag, but write only these.
[[nodiscard]] bool is_ref_name(std::string_view tag);

inline constexpr const char* kTagRule =
    "a tag has letters and digits, with a single - . _ : @ + or / between them";

// Throws kUsage for a destination whose path has a colon in its last part: most likely a tag was meant that
// cannot be one. REQUIRES: there is nothing at the path.
void refuse_mistaken_tag(const ImageName& destination);

}  // namespace imgcrypt
