// An image in an archive, as the user names it: oci-archive:FILE[:TAG][@DIGEST], docker-archive:FILE[:REF],
// either with :@N, and "-" alone. A value that says nothing about whether the image exists.
#pragma once

#include "transport/layout/image_name.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

struct ArchiveReference {
  // kAny is "-" alone: whatever kind comes in, and an oci-archive out.
  enum class Kind { kOci, kDocker, kAny };

  Kind kind = Kind::kOci;
  std::string file;      // "-": stdin or stdout
  std::string tag = {};  // of a docker-archive: the name, app:1 or docker.io/library/app:1
  std::optional<Digest> digest = std::nullopt;
  std::optional<std::size_t> position = std::nullopt;

  // `details` is what follows the transport. Throws as ImageName::parse.
  static ArchiveReference parse(Kind kind, std::string_view details);
  static ArchiveReference stream() { return {.kind = Kind::kAny, .file = "-"}; }

  [[nodiscard]] bool is_stream() const { return file == "-"; }
  // Whether that, or a file which is the one that stdout is now, such as /dev/stdout.
  [[nodiscard]] bool is_stdout() const;
  // As the name in an archive of this kind.
  [[nodiscard]] ImageName name() const;
  // What was parsed.
  [[nodiscard]] std::string string() const { return kind == Kind::kAny ? file : name().string(); }
};

}  // namespace imgcrypt
