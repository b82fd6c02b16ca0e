// Which image of an existing archive a new one takes the place of, for archives that hold one image only.
// Free functions.
#pragma once

#include "transport/archive/archive_contents.hpp"
#include "transport/layout/index_edit.hpp"

#include <filesystem>
#include <optional>

namespace imgcrypt {

struct ArchiveTarget {
  ArchiveReference name;
  // The image that is read from this very archive under this very name: then exactly it is replaced.
  std::optional<Descriptor> own = std::nullopt;
  // What the image is called if `name` has no tag. Only on stdout: then as it is where it comes from, since
  // the program after the pipe knows images by their names.
  EntryName inherited = {};

  [[nodiscard]] EntryTarget entry() const {
    return {name.name(), own, own ? EntryTarget::Place::kInPlace : EntryTarget::Place::kByName};
  }
};

// Throws kUsage for a name that cannot be given: by digest or position unless it is in place, or with a tag
// that the archive's readers do not allow.
void require_writable_name(const ArchiveTarget& target);

// Whether the entry has this name, in Docker's long or short form; an empty one is that of an entry without.
[[nodiscard]] bool is_under_name(const ArchiveReference& name, const Descriptor& entry);

// The archive at the file of the target, which may be of any kind. Throws kRefused when it is none.
[[nodiscard]] ArchiveContents read_existing(const ArchiveTarget& target,
                                            const std::filesystem::path& temporary_directory);

// The entry that the target means; nullopt when there is none. Throws kRefused when there are other images,
// which would be lost, and says how to keep them.
[[nodiscard]] std::optional<Descriptor> only_image(const ArchiveTarget& target,
                                                   const ArchiveContents& contents);

}  // namespace imgcrypt
