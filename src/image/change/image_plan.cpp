#include "image/change/image_plan.hpp"

#include <imgcrypt/error.hpp>

#include <utility>

namespace imgcrypt {
namespace {

void refuse_embedded(const Descriptor& descriptor, const std::string& place) {
  if (!descriptor.has_data) return;
  throw Error(ErrorCode::kRefused,
              place + ": its descriptor also holds the content, in \"data\", where everyone could read it",
              "build the image without embedded data");
}

// Else the index would list the new manifest with a copy of the old one.
void refuse_embedded_children(const ImageNode& node, const std::set<Digest>& changed) {
  for (const ImageNode& child : node.children) {
    if (changed.contains(child.descriptor.digest)) refuse_embedded(child.descriptor, child.place);
    refuse_embedded_children(child, changed);
  }
}

}  // namespace

void ImagePlan::change(const Descriptor& layer, const std::string& place,
                       std::unique_ptr<LayerChange> change) {
  refuse_embedded(layer, place);
  changes_.insert_or_assign(layer_id(layer), std::move(change));
}

void ImagePlan::edit_document(const Digest& document, AnnotationEdit edit) {
  edits_.insert_or_assign(document, std::move(edit));
}

const LayerChange* ImagePlan::change_of(const Descriptor& layer) const {
  // A layer_id copies all wrapped keys: not worth it for an image that is only copied.
  if (changes_.empty()) return nullptr;
  const auto found = changes_.find(layer_id(layer));
  return found == changes_.end() ? nullptr : found->second.get();
}

AnnotationEdit ImagePlan::edit_of(const Digest& document) const {
  const auto found = edits_.find(document);
  return found == edits_.end() ? AnnotationEdit() : found->second;
}

std::set<Digest> ImagePlan::changed_documents() const {
  return documents_above(tree_, [this](const Descriptor& layer) { return change_of(layer) != nullptr; });
}

void ImagePlan::check() const { refuse_embedded_children(tree_, changed_documents()); }

}  // namespace imgcrypt
