// An image's documents, all read and verified at the start of a use case: indexes, manifests, and entries
// that we do not look into. A value; edits make a new tree, and nothing of it is in a store until
// rewrite_image() puts it there. Size, number and nesting of documents are limited (docs/formats.md,
// "Limits").
#pragma once

#include "oci/manifest.hpp"
#include "transport/image_store.hpp"

#include <functional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace imgcrypt {

// Bytes of all documents of an image, as all are kept in memory. A document that is listed again counts
// again, and one that is missing as much as its descriptor says.
constexpr std::uint64_t kMostDocumentsBytes = std::uint64_t{64} * 1024 * 1024;

// An entry of an index that is not looked into: of another media type, or not there.
struct Opaque {
  bool is_missing = false;  // the source says that it lacks it, e.g. because one platform of many was copied
};

// One document and those below it. A document that is listed twice is two nodes, read from the store once.
struct ImageNode {
  Descriptor descriptor;  // always that of `document`
  std::variant<Opaque, Manifest, Index> document;
  std::vector<ImageNode> children;  // of an index, in its order
  // For messages: "linux/arm64", a digest, or "the image"; "windows/amd64 (sha256:90a4...)" where two
  // documents would have one name.
  std::string place;
};

// Whether it is read as part of the image's tree: a manifest, an index, or a document that does not say
// which.
[[nodiscard]] bool is_document(const Descriptor& descriptor);

// The image of `source`. A document without a media type is what its members say. Throws kNotFound when the
// root is missing; kIntegrity for a damaged or ambiguous document; kRefused beyond the limits, and for a root
// that is neither manifest nor index; kRegistry and kNetwork, never taking a document that the store does not
// show for a missing one.
[[nodiscard]] ImageNode load_tree(ImageSource& source);

// The same for any root that a layout may list: one of another type is an Opaque node.
[[nodiscard]] ImageNode load_documents(ImageSource& source);
// The same for another document of the same store, which messages call `place`.
[[nodiscard]] ImageNode load_documents(ImageSource& source, const Descriptor& root, const std::string& place);

// Throws kNotFound when the index lists manifests, and the source holds none of them: there is nothing to
// work on. REQUIRES: load_tree() made it.
void require_manifests(const ImageNode& tree);

// The node with another document; digest, size and, if the document names one, media type of its descriptor
// follow. The index above still names the old one (child_edits).
[[nodiscard]] ImageNode with_document(ImageNode node, Manifest document);
[[nodiscard]] ImageNode with_document(ImageNode node, Index document);

// The document that this one is about (OCI image specification, `subject`), if it names one by a digest; type
// and size are empty unless they are well-formed, too. Never an error: nobody needs it to read an image.
[[nodiscard]] std::optional<Descriptor> subject_of(const ImageNode& node);

// Calls `visit` for every manifest of the tree, depth first, in the order of the indexes; one that occurs
// twice is visited twice. The same holds for the next two.
void for_each_manifest(const ImageNode& node,
                       const std::function<void(const ImageNode&, const Manifest&)>& visit);

// Calls `visit` for every manifest and index, with its own annotations.
void for_each_document(const ImageNode& node,
                       const std::function<void(const ImageNode&, const Annotations&)>& visit);

// Calls `visit` for every layer of every manifest, in order, with its place.
void for_each_layer(const ImageNode& node,
                    const std::function<void(const std::string& place, const Descriptor& layer)>& visit);

// The digests of the documents that hold a layer for which `is_meant` is true, directly or further down.
[[nodiscard]] std::set<Digest> documents_above(const ImageNode& tree,
                                               const std::function<bool(const Descriptor& layer)>& is_meant);

// "layer 3 of linux/arm64", the bottom layer being 0, like --layer: what messages call it.
[[nodiscard]] std::string layer_place(const ImageNode& node, std::size_t layer);

}  // namespace imgcrypt
