#include "image/change/expected_image.hpp"

#include <set>
#include <utility>

namespace imgcrypt {
namespace {

class Expectation {
 public:
  explicit Expectation(const ImagePlan& plan) : plan_(plan) {
    const Digest& root = plan.tree().descriptor.digest;
    if (!plan.changed_documents().contains(root)) image_.root = root;
    visit(plan.tree());
  }

  [[nodiscard]] ExpectedImage take() { return std::move(image_); }

 private:
  void visit(const ImageNode& node) {
    const auto* opaque = std::get_if<Opaque>(&node.document);
    if (opaque != nullptr && !opaque->is_missing) add_copy(node.descriptor);
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      add_copy(manifest->config());
      std::vector<std::string> types;
      for (const Descriptor& layer : manifest->layers()) types.push_back(add_layer(layer));
      image_.manifests.push_back(std::move(types));
    }
    for (const ImageNode& child : node.children) visit(child);
  }

  // Returns its media type.
  std::string add_layer(const Descriptor& layer) {
    const LayerChange* const change = plan_.change_of(layer);
    if (change == nullptr) {
      add_copy(layer);
      return layer.media_type;
    }
    image_.is_drawn = image_.is_drawn || change->new_blob() == NewBlob::kRandom;
    BlobInfo blob = change->expected_blob();
    std::string type = blob.media_type;
    if (changed_.insert(layer_id(layer)).second) image_.blobs.push_back(std::move(blob));
    return type;
  }

  void add_copy(const Descriptor& blob) {
    if (copied_.insert({blob.digest, blob.size}).second)
      image_.blobs.push_back({blob.media_type, blob.size, blob.digest});
  }

  const ImagePlan& plan_;
  ExpectedImage image_;
  std::set<LayerId> changed_;
  std::set<std::pair<Digest, std::uint64_t>> copied_;
};

}  // namespace

ExpectedImage expected_image(const ImagePlan& plan) { return Expectation(plan).take(); }

}  // namespace imgcrypt
