#include "image/tree/tree.hpp"

#include "image/tree/child_edits.hpp"
#include "image/tree/read_document.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace imgcrypt {
namespace {

// Against indexes that list each other in a cascade. Real images have one index, or two.
constexpr std::size_t kDeepest = 3;  // indexes below one another
// Of all manifests together. Each layer that is listed costs one or two KiB of memory, and takes ninety bytes
// of a document.
constexpr std::size_t kMostLayersOfImage = 100'000;
constexpr std::size_t kShownDigits = 12;  // of a digest in messages

bool has_manifests(const std::string& raw) {
  check_json(raw);
  return JsonView(raw).find("manifests").has_value();
}

// What the entries of an index are called in messages: people know a platform's name, not its digest. An
// attestation's own platform is "unknown/unknown".
class Places {
 public:
  explicit Places(const Index& index) {
    for (const Descriptor& child : index.manifests()) {
      if (child.platform) platforms_.emplace(child.digest.string(), child.platform->string());
    }
  }

  [[nodiscard]] std::string of(const Descriptor& child) const {
    const auto subject = subject_of(child);
    if (!subject) return child.platform ? child.platform->string() : child.digest.string();
    const auto found = platforms_.find(*subject);
    return found == platforms_.end() ? child.digest.string() : "the attestation of " + found->second;
  }

 private:
  std::map<std::string, std::string> platforms_;  // by digest
};

class TreeLoader {
 public:
  explicit TreeLoader(ImageSource& source) : source_(source) {}

  ImageNode load(const Descriptor& descriptor, std::size_t depth, const std::string& place) {
    ImageNode node{descriptor, Opaque{}, {}, place};
    // Not even read: an index may list blobs of any type and size.
    if (!is_document(descriptor)) return node;
    std::string raw = read(descriptor);
    try {
      add_document(node, std::move(raw), depth);
    } catch (const Error& error) {
      throw error.in("document " + descriptor.digest.string());
    }
    return node;
  }

 private:
  void add_document(ImageNode& node, std::string raw, std::size_t depth) {
    const std::string& type = node.descriptor.media_type;
    // Without a type the members decide; Index and Manifest then refuse a document that has those of both.
    if (type.empty() ? has_manifests(raw) : is_index(type)) {
      if (depth == kDeepest)
        throw Error(ErrorCode::kRefused, "indexes nested deeper than " + std::to_string(kDeepest));
      add_children(node, Index::parse(std::move(raw)), depth);
    } else {
      Manifest manifest = Manifest::parse(std::move(raw));
      layers_ += manifest.layers().size();
      if (layers_ > kMostLayersOfImage)
        throw Error(ErrorCode::kRefused,
                    "the image's manifests list more than " + std::to_string(kMostLayersOfImage) + " layers");
      node.document = std::move(manifest);
    }
  }

  // Each once, however often it is listed.
  std::string read(const Descriptor& descriptor) {
    // By what the descriptor says, before reading: the source does not give more than that.
    total_ += descriptor.size;
    if (total_ > kMostDocumentsBytes)
      throw Error(ErrorCode::kRefused, "the image's documents are larger than 64 MiB");
    const auto known = known_.find({descriptor.digest, descriptor.size});
    if (known != known_.end()) return known->second;
    const Bytes bytes = read_document(source_, descriptor, "document " + descriptor.digest.string());
    return known_.emplace(std::pair(descriptor.digest, descriptor.size), as_text(bytes)).first->second;
  }

  void add_children(ImageNode& node, Index index, std::size_t depth) {
    const Places places(index);
    for (const Descriptor& child : index.manifests())
      node.children.push_back(load_child(child, depth + 1, places.of(child)));
    node.document = std::move(index);
  }

  // Only what the store says is missing may be missing: a login that has expired must not cost an image its
  // platforms.
  ImageNode load_child(const Descriptor& child, std::size_t depth, const std::string& place) {
    try {
      return load(child, depth, place);
    } catch (const Error& error) {
      // A digest is already part of the message.
      const bool is_platform = child.platform.has_value();
      if (error.code() != ErrorCode::kNotFound) throw is_platform ? error.in(place) : error;
      return {child, Opaque{.is_missing = true}, {}, place};
    }
  }

  ImageSource& source_;
  std::uint64_t total_ = 0;  // bytes
  std::size_t layers_ = 0;
  std::map<std::pair<Digest, std::uint64_t>, std::string> known_;  // the texts of documents
};

using Namesakes = std::map<std::string, std::set<Digest>>;

void collect_places(const ImageNode& node, Namesakes& documents) {
  documents[node.place].insert(node.descriptor.digest);
  for (const ImageNode& child : node.children) collect_places(child, documents);
}

// Windows has several images of one architecture, and an image may have several attestations.
void tell_apart(ImageNode& node, const Namesakes& documents) {
  if (documents.at(node.place).size() > 1) {
    const Digest& digest = node.descriptor.digest;
    node.place += " (" + digest.string().substr(0, digest.string().find(':') + 1 + kShownDigits) + ")";
  }
  for (ImageNode& child : node.children) tell_apart(child, documents);
}

template <typename Document>
ImageNode replace_document(ImageNode node, Document document) {
  const std::string& raw = document.raw();
  node.descriptor.digest = Digest::of(as_bytes(raw), node.descriptor.digest.algorithm());
  node.descriptor.size = raw.size();
  if (const std::string own = document.own_media_type(); !own.empty()) node.descriptor.media_type = own;
  node.document = std::move(document);
  return node;
}

}  // namespace

bool is_document(const Descriptor& descriptor) {
  const std::string& type = descriptor.media_type;
  return type.empty() || is_manifest(type) || is_index(type);
}

ImageNode load_documents(ImageSource& source) {
  return load_documents(source, source.root().descriptor, "the image");
}

ImageNode load_documents(ImageSource& source, const Descriptor& root, const std::string& place) {
  ImageNode tree = TreeLoader(source).load(root, 0, place);
  Namesakes documents;
  collect_places(tree, documents);
  tell_apart(tree, documents);
  return tree;
}

ImageNode load_tree(ImageSource& source) {
  ImageNode root = load_documents(source);
  if (std::holds_alternative<Opaque>(root.document)) {
    throw Error(ErrorCode::kRefused, "not an image: its media type is " + root.descriptor.media_type,
                "images are manifests and indexes of OCI, and of Docker's schema 2; imgcrypt tags lists what "
                "else is there");
  }
  return root;
}

void require_manifests(const ImageNode& tree) {
  const ImageNode* missing = nullptr;
  std::size_t manifests = 0;
  const std::function<void(const ImageNode&)> visit = [&](const ImageNode& node) {
    const auto* opaque = std::get_if<Opaque>(&node.document);
    if (opaque != nullptr && opaque->is_missing) missing = &node;
    if (std::holds_alternative<Manifest>(node.document)) ++manifests;
    for (const ImageNode& child : node.children) visit(child);
  };
  visit(tree);
  if (missing == nullptr || manifests > 0) return;
  throw Error(ErrorCode::kNotFound,
              "the image has none of the manifests that its index lists: " + missing->place + ", " +
                  missing->descriptor.digest.string() + ", is missing",
              "copy the image again");
}

ImageNode with_document(ImageNode node, Manifest document) {
  return replace_document(std::move(node), std::move(document));
}

ImageNode with_document(ImageNode node, Index document) {
  return replace_document(std::move(node), std::move(document));
}

std::optional<Descriptor> subject_of(const ImageNode& node) {
  const auto* manifest = std::get_if<Manifest>(&node.document);
  const auto* index = std::get_if<Index>(&node.document);
  if (manifest == nullptr && index == nullptr) return std::nullopt;
  std::optional<Descriptor> found;
  try {
    const auto subject = JsonView(manifest != nullptr ? manifest->raw() : index->raw()).find("subject");
    const auto digest = subject ? Digest::parse_if_valid(subject->get("digest").string()) : std::nullopt;
    if (!digest) return std::nullopt;
    found = Descriptor{{}, *digest, 0, {}, std::nullopt};
    found = parse_descriptor(*subject);
  } catch (const Error&) {
    // What was found of it counts.
  }
  return found;
}

void for_each_manifest(const ImageNode& node,
                       const std::function<void(const ImageNode&, const Manifest&)>& visit) {
  if (const auto* manifest = std::get_if<Manifest>(&node.document)) visit(node, *manifest);
  for (const ImageNode& child : node.children) for_each_manifest(child, visit);
}

void for_each_document(const ImageNode& node,
                       const std::function<void(const ImageNode&, const Annotations&)>& visit) {
  if (const auto* manifest = std::get_if<Manifest>(&node.document)) visit(node, manifest->annotations());
  if (const auto* index = std::get_if<Index>(&node.document)) visit(node, index->annotations());
  for (const ImageNode& child : node.children) for_each_document(child, visit);
}

void for_each_layer(const ImageNode& node,
                    const std::function<void(const std::string& place, const Descriptor& layer)>& visit) {
  for_each_manifest(node, [&](const ImageNode& of, const Manifest& manifest) {
    for (std::size_t i = 0; i < manifest.layers().size(); ++i)
      visit(layer_place(of, i), manifest.layers()[i]);
  });
}

std::set<Digest> documents_above(const ImageNode& tree,
                                 const std::function<bool(const Descriptor& layer)>& is_meant) {
  std::set<Digest> documents;
  const auto* manifest = std::get_if<Manifest>(&tree.document);
  bool is_above = manifest != nullptr && std::ranges::any_of(manifest->layers(), is_meant);
  for (const ImageNode& child : tree.children) {
    documents.merge(documents_above(child, is_meant));
    is_above = is_above || documents.contains(child.descriptor.digest);
  }
  if (is_above) documents.insert(tree.descriptor.digest);
  return documents;
}

std::string layer_place(const ImageNode& node, std::size_t layer) {
  return "layer " + std::to_string(layer) + " of " + node.place;
}

}  // namespace imgcrypt
