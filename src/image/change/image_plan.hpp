// What becomes of an image, decided before a byte moves: which layers change and how, which others are
// checked first, and what is recorded in the documents above them. Dry runs and results read it, and
// rewrite_image() does what it says. Decisions are keyed by LayerId, never by digest alone. Made by one
// thread; then read by several.
#pragma once

#include "image/change/layer_change.hpp"
#include "image/change/layer_check.hpp"
#include "image/tree/layer_id.hpp"
#include "image/tree/tree.hpp"

#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace imgcrypt {

// What refers to the image and is written beside it, byte for byte.
struct PlannedReferrer {
  Referrer referrer;
  ImageNode tree;
};

class ImagePlan {
 public:
  // `tree` is the image as it is to be written, already converted to OCI and without the platforms that are
  // left out. As long as nothing is changed, everything is copied.
  explicit ImagePlan(ImageNode tree) : tree_(std::move(tree)) {}

  // Changes every layer with that identity; a later change replaces an earlier one.
  void change(const Descriptor& layer, std::unique_ptr<LayerChange> change);
  // How the annotations of a document above changed layers change. Has no effect on one that nothing changes
  // in.
  void edit_document(const Digest& document, AnnotationEdit edit);
  // A layer that stays as it is, and is checked before anything is written.
  void check_first(LayerToCheck layer) { layers_to_check_.push_back(std::move(layer)); }
  void add_referrer(PlannedReferrer referrer) { referrers_.push_back(std::move(referrer)); }

  [[nodiscard]] const ImageNode& tree() const noexcept { return tree_; }
  [[nodiscard]] const std::vector<LayerToCheck>& layers_to_check() const noexcept { return layers_to_check_; }
  [[nodiscard]] const std::vector<PlannedReferrer>& referrers() const noexcept { return referrers_; }
  // Null for a layer that is copied as it is. Valid for as long as the plan.
  [[nodiscard]] const LayerChange* change_of(const Descriptor& layer) const;
  // What edit_document() was given; empty for all others.
  [[nodiscard]] AnnotationEdit edit_of(const Digest& document) const;
  // The digests, as in tree(), of the documents in which a layer changes, directly or further down.
  [[nodiscard]] std::set<Digest> changed_documents() const;

 private:
  ImageNode tree_;
  std::map<LayerId, std::unique_ptr<LayerChange>> changes_;
  std::map<Digest, AnnotationEdit> edits_;
  std::vector<LayerToCheck> layers_to_check_;
  std::vector<PlannedReferrer> referrers_;
};

}  // namespace imgcrypt
