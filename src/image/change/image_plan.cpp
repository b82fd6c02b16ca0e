#include "image/change/image_plan.hpp"

#include <utility>

namespace imgcrypt {
void ImagePlan::change(const Descriptor& layer, std::unique_ptr<LayerChange> change) {
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

}  // namespace imgcrypt
