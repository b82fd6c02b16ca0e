#include "transport/layout/layout_store.hpp"

#include "transport/layout/layout_directory.hpp"
#include "transport/layout/layout_index.hpp"
#include "transport/layout/layout_source.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace imgcrypt {

std::vector<RootDescriptor> LayoutStore::images() {
  const auto directory = LayoutDirectory::open_if_exists(reference_.directory);
  return directory ? read_roots(*directory) : std::vector<RootDescriptor>();
}

std::vector<RootDescriptor> LayoutStore::other_images() {
  std::vector<RootDescriptor> roots = images();
  std::erase_if(roots, [&](const RootDescriptor& root) {
    const auto tag = tag_of(root.descriptor);
    return tag && *tag == reference_.tag;
  });
  return roots;
}

std::unique_ptr<ImageSource> LayoutStore::open_image(const Descriptor& image) {
  return std::make_unique<LayoutSource>(LayoutReference{reference_.directory, {}, image.digest, {}});
}

bool LayoutStore::has_blob(const Digest& blob) {
  const auto directory = LayoutDirectory::open_if_exists(reference_.directory);
  return directory && directory->open_blob(blob).has_value();
}

std::set<Digest> LayoutStore::remove_blobs(const ChooseBlobs& choose) {
  // The choice is made under the lock: an image that was committed in between may need a blob.
  LayoutIndex index(reference_.directory);
  std::set<Digest> chosen = choose(index.roots());
  // A kill in the middle leaves some of them, which harms no image.
  for (const Digest& blob : chosen) index.remove_blob(blob);
  return chosen;
}

LayoutReference in_place_reference(const LayoutReference& source, const RootDescriptor& root) {
  LayoutReference target = source;
  target.digest.reset();
  target.position.reset();
  if (target.tag.empty()) target.tag = tag_of(root.descriptor).value_or("");
  if (target.tag.empty()) {
    throw Error(ErrorCode::kUsage, source.string() + " has no tag, so the result cannot replace it",
                "give a destination: oci:DIR:TAG");
  }
  (void)LayoutSource(target);  // fails when several images have that tag: the others would lose it
  return target;
}

bool would_replace(const LayoutReference& destination, const LayoutReference& source) {
  std::error_code none;
  const bool is_one_layout = std::filesystem::equivalent(source.directory, destination.directory, none);
  if (!is_one_layout || destination.tag.empty()) return false;  // without a tag an entry is added
  try {
    return LayoutSource(destination).root().descriptor.digest ==
           LayoutSource(source).root().descriptor.digest;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound) throw;
    return false;
  }
}

}  // namespace imgcrypt
