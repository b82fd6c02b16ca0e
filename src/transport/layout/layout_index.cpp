#include "transport/layout/layout_index.hpp"

#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "transport/files/owner_and_mode.hpp"
#include "transport/files/pending_file.hpp"
#include "transport/layout/docker_list.hpp"
#include "transport/layout/index_edit.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::size_t kDeepestIndex = 3;

// A directory without index.json becomes a layout with the first image.
std::string read_or_fresh(const LayoutDirectory& directory) {
  if (directory.has_index()) return directory.read_index();
  return fresh_index();
}

// The content reaches the disk before the name: after a power cut a rename without fsync may leave an empty
// file.
void replace_file(const LayoutDirectory& directory, const std::string& name, const std::string& text) {
  const std::string beside = std::string(kTemporaryPrefix) + name;
  const std::string path = directory.path() + "/" + name;
  ::unlinkat(directory.fd(), beside.c_str(), 0);  // of a killed writer; under the lock it is nobody's
  struct stat old = {};
  const bool has_old = ::fstatat(directory.fd(), name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  const Fd file(::openat(directory.fd(), beside.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC,
                         has_old ? old.st_mode & kNewFileMode : kNewFileMode));
  if (!file.is_open()) throw errno_error("create " + directory.path() + "/" + beside);
  try {
    if (has_old) keep_owner_and_mode(file.get(), old);
    write_file(file.get(), as_bytes(text), "write " + path);
    if (::fsync(file.get()) != 0 ||
        ::renameat(directory.fd(), beside.c_str(), directory.fd(), name.c_str()) != 0)
      throw errno_error("replace " + path);
  } catch (...) {
    ::unlinkat(directory.fd(), beside.c_str(), 0);
    throw;
  }
}

// The configs of an image's manifests, as far as they can be read.
std::set<Digest> configs_of(const LayoutDirectory& directory, const Descriptor& document,
                            std::size_t depth = 0) {
  const auto file = directory.open_blob(document.digest);
  if (!file || document.size > kMostDocumentBytes || depth > kDeepestIndex) return {};
  std::string text(as_text(read_all(file->get(), kMostDocumentBytes, document.digest.string())));
  if (!is_index(document.media_type)) return {Manifest::parse(std::move(text)).config().digest};
  std::set<Digest> configs;
  const Index index = Index::parse(std::move(text));
  for (const Descriptor& child : index.manifests()) {
    if (is_manifest(child.media_type) || is_index(child.media_type))
      configs.merge(configs_of(directory, child, depth + 1));
  }
  return configs;
}

// Entries of one image, which other tools append without replacing, become one.
void warn_of_lost(const std::vector<LayoutEntry>& entries, const std::vector<std::size_t>& positions,
                  const std::string& path, const Warn& warn) {
  const auto differs = [&](std::size_t at) { return entries[at].raw != entries[positions.front()].raw; };
  if (!warn || std::ranges::none_of(positions, differs)) return;
  warn(path + "/index.json listed the image " + std::to_string(positions.size()) +
       " times under this name: only the first entry was kept, without the annotations of the others");
}

}  // namespace

LayoutIndex::LayoutIndex(const std::string& path, const Warn& warn)
    : directory_(path), lock_(directory_, warn) {}

std::optional<Descriptor> LayoutIndex::put(const RootDescriptor& root, const EntryTarget& target,
                                           const std::vector<Referrer>& referrers, const Warn& warn) const {
  // Read under the lock, never earlier: this is what keeps two writers from losing each other's images.
  const std::string old = read_or_fresh(directory_);
  const std::vector<LayoutEntry> entries = parse_entries(old);
  const auto positions = entries_to_replace(target, entries);
  auto replaced = positions.empty() ? std::nullopt : entries[positions.front()].descriptor;
  const EntryName name = name_under(target.name.tag, replaced, name_in_source(root));
  std::string text = with_entry(old, entry_text(root, name), positions);
  for (const Referrer& referrer : referrers) text = with_referrer(text, referrer);
  require_readable_index(text, directory_.path());
  replace_file(directory_, "index.json", text);
  warn_of_lost(entries, positions, directory_.path(), warn);
  if (replaced && replaced->digest == root.descriptor.digest) return std::nullopt;
  return replaced;
}

void LayoutIndex::make_durable() const {
  if (::fsync(directory_.fd()) != 0) throw errno_error("fsync " + directory_.path());
}

void LayoutIndex::update_docker_list(const std::optional<Descriptor>& replaced,
                                     const Warn& warn) const noexcept try {
  const auto list = read_docker_list(directory_);
  if (!list) return;
  const std::string name = directory_.path() + "/" + kDockerList;
  const auto entries = read_entries(directory_);
  const bool is_gone = replaced && std::ranges::none_of(entries, [&](const LayoutEntry& entry) {
                         return entry.descriptor && entry.descriptor->digest == replaced->digest;
                       });
  const auto left = is_gone ? without_images(*list, configs_of(directory_, *replaced)) : list;
  if (!left) {
    if (::unlinkat(directory_.fd(), kDockerList, 0) != 0) throw errno_error("remove " + name);
    if (warn) warn("removed " + name + ", Docker's own list: the image that it described was replaced");
    return;
  }
  if (*left != *list) replace_file(directory_, kDockerList, *left);
  if (warn) {
    warn(name + ", Docker's own list, " +
         (*left == *list ? "does not name the new image" : "no longer names the image that was replaced"));
  }
} catch (const std::exception& error) {
  if (warn) warn(std::string("Docker's own list of images may be out of date: ") + error.what());
}

void LayoutIndex::remove_blob(const Digest& digest) const {
  const auto folder = directory_.open_blob_directory(digest.algorithm());
  if (folder && ::unlinkat(folder->get(), digest.hex().c_str(), 0) != 0 && errno != ENOENT)
    throw errno_error("remove blob " + digest.string());
}

}  // namespace imgcrypt
