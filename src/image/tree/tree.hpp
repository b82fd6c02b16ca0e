// An image's documents, read whole: indexes, manifests, and what cannot be looked into.
#pragma once

#include "oci/manifest.hpp"
#include "transport/image_store.hpp"

#include <functional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace imgcrypt {

struct Opaque {
  bool is_missing = false;  // the source does not hold it: one platform of many, say
};

struct ImageNode {
  Descriptor descriptor;
  std::variant<Opaque, Manifest, Index> document;
  std::vector<ImageNode> children;  // of an index, in its order
  std::string place;                // "linux/arm64", for messages
};

// Throws kNotFound when the root is missing, kIntegrity for damaged documents, kRefused beyond the limits.
[[nodiscard]] ImageNode load_tree(ImageSource& source);

// The same for any root that a layout may list, images or not.
[[nodiscard]] ImageNode load_documents(ImageSource& source);

// The node with another document: media type, digest and size follow.
[[nodiscard]] ImageNode with_document(ImageNode node, Manifest document);
[[nodiscard]] ImageNode with_document(ImageNode node, Index document);

// Calls `visit` for every manifest of the tree.
void for_each_manifest(const ImageNode& node,
                       const std::function<void(const ImageNode&, const Manifest&)>& visit);

// Calls `visit` for every manifest and index, with its own annotations.
void for_each_document(const ImageNode& node,
                       const std::function<void(const ImageNode&, const Annotations&)>& visit);

// Calls `visit` for every layer of every manifest, in order, with its place.
void for_each_layer(const ImageNode& node,
                    const std::function<void(const std::string& place, const Descriptor& layer)>& visit);

// The digests of the documents that hold such a layer, themselves or below them.
[[nodiscard]] std::set<Digest> documents_above(const ImageNode& tree,
                                               const std::function<bool(const Descriptor& layer)>& is_meant);

// "layer 3 of linux/arm64": counted from 0, as --layer does.
[[nodiscard]] std::string layer_place(const ImageNode& node, std::size_t layer);

}  // namespace imgcrypt
