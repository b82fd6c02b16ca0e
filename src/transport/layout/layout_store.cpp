#include "transport/layout/layout_store.hpp"

#include "base/text/json.hpp"
#include "transport/layout/docker_list.hpp"
#include "transport/layout/layout_directory.hpp"
#include "transport/layout/layout_index.hpp"
#include "transport/layout/layout_place.hpp"
#include "transport/layout/layout_source.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace imgcrypt {
namespace {

std::set<Digest> needed_by_docker(const LayoutDirectory& directory) {
  try {
    const auto list = read_docker_list(directory);
    return list ? blobs_of_docker_list(*list) : std::set<Digest>();
  } catch (const Error& error) {
    throw Error(ErrorCode::kRefused,
                "it is unknown which blobs manifest.json, Docker's own list, needs: " + error.message(),
                "repair or remove it first");
  }
}

// Readers and writers take a missing list for an empty one. Whoever removes what the list does not need must
// not.
void require_list(const LayoutDirectory& directory) {
  const std::string index = directory.read_index();
  const auto members = JsonView(index).members();
  if (std::ranges::any_of(members, [](const JsonMember& member) { return member.name() == "manifests"; }))
    return;
  throw Error(
      ErrorCode::kRefused,
      "it is unknown which blobs are needed: " + directory.path() + "/index.json has no member \"manifests\"",
      "repair it; the index of a layout without images has \"manifests\":[]");
}

// An index.json is an image index, and may be about another image like any index.
std::vector<Digest> subjects_of_list(const LayoutDirectory& directory) {
  const std::string index = directory.read_index();
  const auto subject = JsonView(index).find("subject");
  if (!subject) return {};
  try {
    return {parse_descriptor(*subject).digest};
  } catch (const Error& error) {
    throw Error(ErrorCode::kRefused,
                "it is unknown which blobs are needed: the subject of " + directory.path() +
                    "/index.json cannot be read: " + error.message(),
                "repair or remove this member");
  }
}

StoreContents contents_of(const LayoutDirectory& directory, const std::vector<LayoutEntry>& entries) {
  require_list(directory);
  return {all_roots(entries), subjects_of_list(directory), needed_by_docker(directory)};
}

void add_blobs(const LayoutDirectory& directory, HashAlgorithm algorithm, std::vector<StoredBlob>& blobs) {
  const auto folder = directory.open_blob_directory(algorithm);
  if (!folder) return;
  const auto close = [](DIR* stream) { ::closedir(stream); };
  const int copy = ::openat(folder->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, decltype(close)> stream(copy < 0 ? nullptr : ::fdopendir(copy), close);
  if (!stream) throw errno_error("read " + directory.path() + "/blobs");
  while (const dirent* entry = ::readdir(stream.get())) {
    const auto digest = Digest::parse_if_valid(std::string(folder_of(algorithm)) + ":" + entry->d_name);
    struct stat status = {};
    if (!digest || ::fstatat(folder->get(), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISREG(status.st_mode)) blobs.push_back({*digest, static_cast<std::uint64_t>(status.st_size)});
  }
}

}  // namespace

StoreContents LayoutStore::contents() {
  const auto directory = LayoutDirectory::open_if_exists(path(), links_);
  if (!directory || !directory->has_index()) return {};
  return contents_of(*directory, read_entries(*directory));
}

StoreContents LayoutStore::contents_without_replaced() {
  const auto directory = LayoutDirectory::open_if_exists(path(), links_);
  if (!directory || !directory->has_index()) return {};
  const std::vector<LayoutEntry> entries = read_entries(*directory);
  StoreContents left = contents_of(*directory, entries);
  const auto replaced = entries_to_replace(target_, entries);
  for (auto at = replaced.rbegin(); at != replaced.rend(); ++at)
    left.images.erase(left.images.begin() + static_cast<std::ptrdiff_t>(*at));
  return left;
}

std::unique_ptr<ImageSource> LayoutStore::open_image(const Descriptor& image) {
  return std::make_unique<LayoutSource>(LayoutDirectory(path(), links_), RootDescriptor{image, {}});
}

std::unique_ptr<ImageSource> LayoutStore::open_former(const Digest& root) {
  LayoutDirectory directory(path(), links_);
  const auto file = directory.open_blob(root);
  struct stat status = {};
  if (!file || ::fstat(file->get(), &status) != 0) return nullptr;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const Descriptor descriptor{{}, root, size, {}, std::nullopt, false, false};
  return std::make_unique<LayoutSource>(std::move(directory), RootDescriptor{descriptor, {}});
}

bool LayoutStore::has_blob(const Digest& blob) {
  const auto directory = LayoutDirectory::open_if_exists(path(), links_);
  return directory && directory->open_blob(blob).has_value();
}

std::vector<UnfinishedBlob> LayoutStore::unfinished() {
  const LayoutDirectory directory(path(), links_);
  std::vector<UnfinishedBlob> files;
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
    for_each_abandoned(directory, algorithm, [&](int, const std::string& name, std::uint64_t size) {
      files.push_back({std::string("blobs/") + folder_of(algorithm) + "/" + name, size});
    });
  }
  std::ranges::sort(files, {}, &UnfinishedBlob::path);
  return files;
}

std::vector<StoredBlob> LayoutStore::blobs() {
  require_layout_version(path());
  const LayoutDirectory directory(path(), links_);
  std::vector<StoredBlob> blobs;
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512})
    add_blobs(directory, algorithm, blobs);
  std::ranges::sort(blobs, {}, &StoredBlob::digest);
  return blobs;
}

std::set<Digest> LayoutStore::remove_blobs(const ChooseBlobs& choose) {
  // Without a list nothing here is a layout's; the lock would make it one.
  if (!LayoutDirectory(path()).has_index()) (void)LayoutDirectory(path()).read_index();
  require_layout_version(path());
  // The choice is made under the lock: an image that was committed in between may need a blob.
  const LayoutIndex index(path(), warn_);
  std::set<Digest> chosen = choose(contents());
  // A kill in the middle leaves some of them, which harms no image.
  for (const Digest& blob : chosen) index.remove_blob(blob);
  return chosen;
}

}  // namespace imgcrypt
