// What an archive holds: its images, as an index.json would list them, and where their blobs are. An OCI
// layout in a tar has that list (also what `docker save` writes since Docker 25); for older archives of
// Docker it is made. Made by one thread; then read by several.
#pragma once

#include "base/process/fd.hpp"
#include "transport/archive/archive_reference.hpp"
#include "transport/archive/tar/member_table.hpp"
#include "transport/layout/layout_entries.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace imgcrypt {

struct ArchiveContents {
  ArchiveReference::Kind kind = ArchiveReference::Kind::kOci;  // never kAny
  Fd file;                                                     // a plain tar
  MemberTable members;
  std::vector<LayoutEntry> entries;
  std::string index = {};  // the text of index.json; empty for Docker's older archives
  // Further names of images, with their positions in `entries`; only Docker's lists have them.
  std::vector<std::pair<std::string, std::size_t>> more_names = {};
  // Manifests that are in no member, since they were made of Docker's list.
  std::map<Digest, std::string> documents = {};
  // Blobs that are members of other names than a layout's.
  std::map<Digest, FileRange> blobs = {};

  // Reads stdin to its end if the reference says so. Throws as open_tar and MemberTable::read; kNotFound for
  // a tar that holds no images or is of the other kind; kIntegrity and kRefused for lists that cannot be
  // read.
  static ArchiveContents read(const ArchiveReference& reference,
                              const std::filesystem::path& temporary_directory);

  // The content of a blob; nullopt when there is none.
  [[nodiscard]] std::optional<FileRange> find(const Digest& blob) const;
  // As find_root(). Names are also found as Docker shortens them.
  [[nodiscard]] RootDescriptor find_root(const ArchiveReference& reference,
                                         const std::function<bool(const Platform&)>& is_wanted) const;
};

}  // namespace imgcrypt
