// An image in an OCI image layout, as the user names it: DIR[:TAG][@DIGEST] or DIR:@N. A value that says
// nothing about whether the image exists.
#pragma once

#include "transport/layout/image_name.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

struct LayoutReference {
  std::string directory;
  // As ImageName's.
  std::string tag = {};
  std::optional<Digest> digest = std::nullopt;
  std::optional<std::size_t> position = std::nullopt;

  // `details` is what follows "oci:". Throws as ImageName::parse.
  static LayoutReference parse(std::string_view details) {
    ImageName name = ImageName::parse("oci:", details, "DIR");
    return {std::move(name.path), std::move(name.tag), std::move(name.digest), name.position};
  }
  [[nodiscard]] ImageName name() const { return {"oci:", directory, tag, digest, position}; }
  // For messages and for parse() without its "oci:".
  [[nodiscard]] std::string string() const { return name().string(); }
};

}  // namespace imgcrypt
