#include "image/change/fitting_tree.hpp"

#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

bool is_image(const ImageNode& node) {
  const auto* manifest = std::get_if<Manifest>(&node.document);
  return manifest != nullptr && std::ranges::all_of(manifest->layers(), is_image_layer);
}

// All that is not an index, in order.
void collect_leaves(const ImageNode& node, std::vector<const ImageNode*>& leaves) {
  if (!std::holds_alternative<Index>(node.document)) leaves.push_back(&node);
  for (const ImageNode& child : node.children) collect_leaves(child, leaves);
}

}  // namespace

PlatformChoice fitting_tree(const ImageNode& tree, const ImageDestination& destination) {
  if (destination.keeps_documents()) return {tree, {}};
  std::vector<const ImageNode*> leaves;
  collect_leaves(tree, leaves);
  const auto is_wanted = [](const ImageNode* leaf) { return is_image(*leaf); };
  if (std::ranges::count_if(leaves, is_wanted) != 1) return {tree, {}};
  const auto image = std::ranges::find_if(leaves, is_wanted);
  PlatformChoice fitting{**image, {}};
  leaves.erase(image);
  for (const ImageNode* leaf : leaves) fitting.left_out.push_back(leaf->place);
  return fitting;
}

}  // namespace imgcrypt
