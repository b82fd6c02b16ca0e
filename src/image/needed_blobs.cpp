#include "image/needed_blobs.hpp"

#include "oci/media_types.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace imgcrypt {
namespace {

// Which blobs a document of an unknown type needs is unknown, so nothing may be removed. A layer needs none,
// and a document that is missing keeps none alive.
void require_known(const ImageNode& node) {
  const auto* opaque = std::get_if<Opaque>(&node.document);
  if (opaque != nullptr && !opaque->is_missing && !is_image_layer(node.descriptor))
    throw Error(ErrorCode::kRefused, "its media type " + node.descriptor.media_type + " is unknown");
  for (const ImageNode& child : node.children) require_known(child);
}

void collect_subjects(const ImageNode& node, std::vector<Digest>& subjects) {
  if (const auto subject = subject_of(node)) subjects.push_back(*subject);
  for (const ImageNode& child : node.children) collect_subjects(child, subjects);
}

// The needs of one image after the other, and of those that they refer to.
class Needs {
 public:
  explicit Needs(SharedStore& store) : store_(store) {}

  void add(ImageSource& image) {
    std::vector<Digest> subjects = add_one(image);
    while (!subjects.empty()) {
      const Digest subject = subjects.back();
      subjects.pop_back();
      if (blobs_.contains(subject)) continue;
      // One that is missing may be: referrers are often copied without it.
      if (const auto source = store_.open_former(subject)) {
        for (const Digest& next : add_one(*source)) subjects.push_back(next);
      }
    }
  }
  [[nodiscard]] std::set<Digest> take() { return std::move(blobs_); }

 private:
  std::vector<Digest> add_one(ImageSource& image) {
    const Digest digest = image.root().descriptor.digest;
    try {
      const ImageNode tree = load_documents(image);
      require_known(tree);
      blobs_.merge(listed_blobs(tree));
      std::vector<Digest> subjects;
      collect_subjects(tree, subjects);
      return subjects;
    } catch (const Error& error) {
      throw Error(ErrorCode::kRefused,
                  "it is unknown which blobs other images need: " + digest.string() + ": " + error.message(),
                  "nothing was removed; repair or remove that image first");
    }
  }

  SharedStore& store_;
  std::set<Digest> blobs_;
};

// The subject of a blob that is a manifest or an index; nullopt for every other blob.
std::optional<Digest> subject_of_blob(SharedStore& store, const StoredBlob& blob, ImageNode& tree) try {
  if (blob.size > kMostDocumentBytes) return std::nullopt;
  const auto source = store.open_former(blob.digest);
  if (!source) return std::nullopt;
  tree = load_documents(*source);
  return subject_of(tree);
} catch (const Error& error) {
  if (error.code() == ErrorCode::kCancelled) throw;
  return std::nullopt;
}

}  // namespace

std::set<Digest> listed_blobs(const ImageNode& image) {
  std::set<Digest> blobs = {image.descriptor.digest};
  if (const auto* manifest = std::get_if<Manifest>(&image.document)) {
    blobs.insert(manifest->config().digest);
    for (const Descriptor& layer : manifest->layers()) blobs.insert(layer.digest);
  }
  for (const ImageNode& child : image.children) blobs.merge(listed_blobs(child));
  return blobs;
}

std::set<Digest> needed_blobs(SharedStore& store, const StoreContents& contents) {
  Needs needs(store);
  for (const RootDescriptor& root : contents.images) {
    const auto image = store.open_image(root.descriptor);
    needs.add(*image);
  }
  std::set<Digest> blobs = needs.take();
  blobs.insert(contents.needed_besides.begin(), contents.needed_besides.end());
  return blobs;
}

std::vector<std::string> holders_of(SharedStore& store, const StoreContents& contents,
                                    const std::set<Digest>& blobs) {
  const auto is_wanted = [&](const Digest& blob) { return blobs.contains(blob); };
  std::vector<std::string> holders;
  for (const RootDescriptor& root : contents.images) {
    const std::string name = root.descriptor.digest.string();
    const ImageNode tree = load_documents(*store.open_image(root.descriptor));
    if (std::ranges::any_of(listed_blobs(tree), is_wanted)) {
      holders.push_back(name);
      continue;
    }
    Needs needs(store);
    needs.add(*store.open_image(root.descriptor));
    if (!std::ranges::any_of(needs.take(), is_wanted)) continue;
    std::vector<Digest> subjects;
    collect_subjects(tree, subjects);
    holders.push_back(name + (subjects.empty() ? "" : ", which refers to " + subjects.front().string()));
  }
  if (std::ranges::any_of(contents.needed_besides, is_wanted))
    holders.emplace_back("manifest.json, Docker's own list,");
  return holders;
}

void add_referrers(SharedStore& store, const std::vector<StoredBlob>& others, std::set<Digest>& needed) {
  struct Found {
    Digest digest;
    std::set<Digest> listed;
  };
  std::multimap<Digest, Found> referrers;  // by subject
  for (const StoredBlob& blob : others) {
    if (needed.contains(blob.digest)) continue;
    ImageNode tree{{{}, blob.digest, 0, {}, std::nullopt, false, false}, Opaque{}, {}, {}};
    if (const auto subject = subject_of_blob(store, blob, tree))
      referrers.emplace(*subject, Found{blob.digest, listed_blobs(tree)});
  }
  // A referrer may have referrers of its own.
  std::vector<Digest> subjects(needed.begin(), needed.end());
  while (!subjects.empty()) {
    const auto [first, last] = referrers.equal_range(subjects.back());
    subjects.pop_back();
    for (auto at = first; at != last; ++at) {
      if (!needed.contains(at->second.digest)) subjects.push_back(at->second.digest);
      needed.insert(at->second.listed.begin(), at->second.listed.end());
    }
  }
}

}  // namespace imgcrypt
