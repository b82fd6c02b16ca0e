// What becomes of an image, decided before a byte moves: which layers change and how, and what is recorded in
// the documents above them. Dry runs, notes and results read it, and the work itself does what it says.
#pragma once

#include "image/change/layer_change.hpp"
#include "image/tree/layer_id.hpp"
#include "image/tree/tree.hpp"

#include <map>
#include <memory>
#include <set>

namespace imgcrypt {

class ImagePlan {
 public:
  // Of the image as it is to be rewritten; without a change everything is copied.
  explicit ImagePlan(ImageNode tree) : tree_(std::move(tree)) {}

  // For every layer of that identity. Throws kRefused for one whose descriptor embeds its content, which
  // would show what the change hides.
  void change(const Descriptor& layer, const std::string& place, std::unique_ptr<LayerChange> change);
  // How the annotations of a document that holds changed layers change.
  void edit_document(const Digest& document, AnnotationEdit edit);

  [[nodiscard]] const ImageNode& tree() const noexcept { return tree_; }
  // Null for a layer that is copied as it is. Valid for as long as the plan.
  [[nodiscard]] const LayerChange* change_of(const Descriptor& layer) const;
  [[nodiscard]] AnnotationEdit edit_of(const Digest& document) const;
  // The digests of the documents in which something changes, itself or below.
  [[nodiscard]] std::set<Digest> changed_documents() const;
  // Throws kRefused when an index embeds a document that changes. To be called before a byte is moved.
  void check() const;

 private:
  ImageNode tree_;
  std::map<LayerId, std::unique_ptr<LayerChange>> changes_;
  std::map<Digest, AnnotationEdit> edits_;
};

}  // namespace imgcrypt
