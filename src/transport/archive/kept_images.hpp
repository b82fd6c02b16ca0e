// What stays of an archive when an image is written into its file: the other images, with all that they need.
// The archive is written anew as a whole, so they are copied.
#pragma once

#include "transport/archive/archive_target.hpp"
#include "transport/archive/tar/tar_writer.hpp"
#include "transport/layout/index_edit.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// A value; by default that of a new archive. May outlive the file's name.
struct KeptImages {
  std::optional<ArchiveContents> archive = std::nullopt;
  std::string index = fresh_index();
  // The entries of `index` whose place the new image takes, and the first of them.
  std::vector<std::size_t> positions = {};
  std::optional<Descriptor> replaced = std::nullopt;
  // What the others list, each once, children before their parents. Not what only a `subject` names: a
  // signature stays, though what it signed may be what is replaced.
  std::vector<BlobInfo> blobs = {};

  // Reads the archive's documents. Throws as read_existing and entries_to_replace; kRefused when it is
  // unknown what another image needs, and as only_image for one of Docker's older archives.
  static KeptImages read(const ArchiveTarget& target, const std::filesystem::path& temporary_directory);

  // Puts those blobs that the writer does not have. Throws kIntegrity for one that is damaged.
  void copy_to(TarWriter& writer) const;
};

}  // namespace imgcrypt
