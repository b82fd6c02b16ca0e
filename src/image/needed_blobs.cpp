#include "image/needed_blobs.hpp"

#include "image/tree/read_document.hpp"
#include "oci/layer_in_index.hpp"
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
  if (opaque != nullptr && !opaque->is_missing && !is_layer_in_index(node.descriptor))
    throw Error(ErrorCode::kRefused, "its media type " + node.descriptor.media_type + " is unknown");
  for (const ImageNode& child : node.children) require_known(child);
}

void collect_subjects(const ImageNode& node, std::vector<Digest>& subjects) {
  if (const auto subject = subject_of(node)) subjects.push_back(subject->digest);
  for (const ImageNode& child : node.children) collect_subjects(child, subjects);
}

// The documents that artifacts have as content: what these need belongs to the artifact.
std::vector<Descriptor> contained_documents(const ImageNode& tree) {
  std::vector<Descriptor> documents;
  const auto add = [&](const Descriptor& blob) {
    if (is_manifest(blob.media_type) || is_index(blob.media_type) || names_blobs(blob.media_type))
      documents.push_back(blob);
  };
  for_each_manifest(tree, [&](const ImageNode&, const Manifest& manifest) {
    add(manifest.config());
    std::ranges::for_each(manifest.layers(), add);
  });
  return documents;
}

// The needs of one image after the other, and of those that they refer to or contain.
class Needs {
 public:
  explicit Needs(SharedStore& store) : store_(store) {}

  void add(ImageSource& image) { follow(add_one(image)); }

  void follow(std::vector<Digest> documents) {
    while (!documents.empty()) {
      const Digest document = documents.back();
      documents.pop_back();
      if (!followed_.insert(document).second) continue;
      // One that is missing may be: referrers are often copied without it.
      if (const auto source = store_.open_former(document)) {
        for (const Digest& next : add_one(*source)) documents.push_back(next);
      }
    }
  }
  [[nodiscard]] std::set<Digest> take() { return std::move(blobs_); }

 private:
  // Returns the documents whose needs are to be added as well.
  std::vector<Digest> add_one(ImageSource& image) {
    const Digest digest = image.root().descriptor.digest;
    try {
      const ImageNode tree = load_documents(image);
      require_known(tree);
      blobs_.merge(listed_blobs(tree));
      std::vector<Digest> others;
      collect_subjects(tree, others);
      for (const Descriptor& document : contained_documents(tree)) {
        if (names_blobs(document.media_type))
          add_named(image, document);
        else
          others.push_back(document.digest);
      }
      return others;
    } catch (const Error& error) {
      // What is refused is not damaged: its own cure counts.
      const bool is_refused = error.code() == ErrorCode::kRefused && !error.hint().empty();
      throw Error(
          ErrorCode::kRefused,
          "it is unknown which blobs other images need: " + digest.string() + ": " + error.message(),
          "nothing was removed; " + (is_refused ? error.hint() : "repair or remove that image first"));
    }
  }

  // Of a document whose members we do not know, every digest counts.
  void add_named(ImageSource& image, const Descriptor& document) {
    if (document.size > kMostDocumentBytes || !store_.has_blob(document.digest)) return;
    blobs_.merge(digests_in(as_text(read_document(image, document, "blob " + document.digest.string()))));
  }

  SharedStore& store_;
  std::set<Digest> blobs_;
  std::set<Digest> followed_;
};

// As people know it.
std::string name_of(const Descriptor& root) {
  const auto tag = root.annotations.find("org.opencontainers.image.ref.name");
  return tag == root.annotations.end() ? root.digest.string() : tag->second;
}

// A document with a subject.
struct FoundReferrer {
  Digest digest;
  Digest subject;
  std::set<Digest> listed;  // itself included
};

// What it lists; of one that is neither manifest nor index, all that it names.
std::set<Digest> listed_by(ImageSource& referrer, std::string_view text) try {
  return listed_blobs(load_documents(referrer));
} catch (const Error& error) {
  if (error.code() == ErrorCode::kCancelled) throw;
  std::set<Digest> named = digests_in(text);
  named.insert(referrer.root().descriptor.digest);
  return named;
}

// nullopt for a blob that is no document, or has no subject.
std::optional<FoundReferrer> find_referrer(SharedStore& store, const StoredBlob& blob) try {
  if (blob.size > kMostDocumentBytes) return std::nullopt;
  const auto source = store.open_former(blob.digest);
  if (!source) return std::nullopt;
  const Bytes bytes = read_document(*source, source->root().descriptor, "blob " + blob.digest.string());
  check_json(as_text(bytes));
  const auto member = JsonView(as_text(bytes)).find("subject");
  const auto subject = member ? Digest::parse_if_valid(member->get("digest").string()) : std::nullopt;
  if (!subject) return std::nullopt;
  return FoundReferrer{blob.digest, *subject, listed_by(*source, as_text(bytes))};
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
  needs.follow(contents.subjects);
  std::set<Digest> blobs = needs.take();
  blobs.insert(contents.needed_besides.begin(), contents.needed_besides.end());
  return blobs;
}

std::vector<std::string> holders_of(SharedStore& store, const StoreContents& contents,
                                    const std::set<Digest>& blobs) {
  const auto is_wanted = [&](const Digest& blob) { return blobs.contains(blob); };
  std::vector<std::string> holders;
  for (const RootDescriptor& root : contents.images) {
    const std::string name = name_of(root.descriptor);
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
    holders.push_back(name + (subjects.empty() ? "" : " (it refers to " + subjects.front().string() + ")"));
  }
  Needs of_list(store);
  of_list.follow(contents.subjects);
  if (std::ranges::any_of(of_list.take(), is_wanted)) holders.emplace_back("index.json (it has a subject)");
  if (std::ranges::any_of(contents.needed_besides, is_wanted))
    holders.emplace_back("manifest.json (Docker's own list)");
  return holders;
}

void add_referrers(SharedStore& store, const std::vector<StoredBlob>& others, std::set<Digest>& needed) {
  std::multimap<Digest, FoundReferrer> referrers;  // by subject
  for (const StoredBlob& blob : others) {
    if (needed.contains(blob.digest)) continue;
    if (auto found = find_referrer(store, blob)) referrers.emplace(found->subject, std::move(*found));
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
