#include "image/tree/convert_to_oci.hpp"

#include "image/tree/child_edits.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

bool is_docker(std::string_view media_type) { return oci_type(media_type).has_value(); }

// OCI's name for a layer's type that is Docker's, or the hybrid of Docker's and encryption.
std::optional<std::string> oci_layer_type(const Descriptor& layer) {
  if (!is_encrypted(layer.media_type)) return oci_type(layer.media_type);
  // decrypted_type() knows the hybrid names, so that taking the suffix off and putting it on again gives
  // OCI's.
  std::string type = encrypted_type(decrypted_type(layer.media_type));
  return type == layer.media_type ? std::nullopt : std::optional(std::move(type));
}

// A manifest with a Docker layer but an OCI name, as some builders write it, is converted too: nothing else
// would give the layer a type that can be encrypted.
ImageNode convert_manifest(const ImageNode& node, const Manifest& manifest) {
  const bool is_named_docker = is_docker(node.descriptor.media_type) || is_docker(manifest.own_media_type());
  const bool holds_docker = is_docker(manifest.config().media_type) ||
                            std::ranges::any_of(manifest.layers(), [](const Descriptor& layer) {
                              return oci_layer_type(layer).has_value();
                            });
  if (!is_named_docker && !holds_docker) return node;
  DocumentEdit edit;
  edit.media_type = kOciManifest;
  edit.config_type = oci_type(manifest.config().media_type);
  for (const Descriptor& layer : manifest.layers()) {
    edit.elements.emplace_back().media_type = oci_layer_type(layer);
  }
  return with_document(node, manifest.edited(edit));
}

// An index with Docker's name changes even if no manifest does. One with OCI's name changes only through its
// children, so that an image without Docker's types keeps its digest.
ImageNode convert_index(const ImageNode& node, const Index& index) {
  ImageNode result = node;
  std::vector<std::optional<Descriptor>> now;
  bool is_changed = is_docker(node.descriptor.media_type) || is_docker(index.own_media_type());
  DocumentEdit edit;
  if (is_changed) edit.media_type = kOciIndex;
  for (ImageNode& child : result.children) {
    const Digest before = child.descriptor.digest;
    child = convert_to_oci(child);
    now.emplace_back(child.descriptor);
    is_changed = is_changed || child.descriptor.digest != before;
  }
  if (!is_changed) return node;
  edit.elements = child_edits(index.manifests(), now);
  return with_document(std::move(result), index.edited(edit));
}

}  // namespace

ImageNode convert_to_oci(const ImageNode& tree) {
  if (const auto* manifest = std::get_if<Manifest>(&tree.document)) return convert_manifest(tree, *manifest);
  if (const auto* index = std::get_if<Index>(&tree.document)) return convert_index(tree, *index);
  return tree;
}

}  // namespace imgcrypt
