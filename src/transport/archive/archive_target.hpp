// Which image of an existing archive a new one replaces. An archive is written as a whole, with one image in
// it: one that holds others is left alone. Free functions.
#pragma once

#include "transport/archive/archive_contents.hpp"

#include <filesystem>
#include <optional>

namespace imgcrypt {

struct ArchiveTarget {
  ArchiveReference name;
  // The image that is read from this very archive under this very name: then exactly it is replaced.
  std::optional<Descriptor> own = std::nullopt;
};

// Throws kUsage for a name that cannot be given: by digest or position unless it is in place, or with a tag
// that the archive's readers do not allow.
void require_writable_name(const ArchiveTarget& target);

// Its entry; nullopt when there is none. Throws kRefused when the file is not an archive of images, or when
// other images in it would be lost.
[[nodiscard]] std::optional<Descriptor> image_to_replace(const ArchiveTarget& target,
                                                         const std::filesystem::path& temporary_directory);

}  // namespace imgcrypt
