// Whether a rewritten image is what was planned: none of its layers that was to change is still as it was,
// and we can read it. The last step before a commit. It looks only at the new documents, not at how they were
// made, so that a mistake there ends as an error and not as an image that everyone can read. Immutable.
#pragma once

#include "image/tree/layer_id.hpp"
#include "image/tree/tree.hpp"
#include "oci/edit.hpp"

#include <map>
#include <set>

namespace imgcrypt {

class ResultCheck {
 public:
  // `before` is the image as it was; `edits` are those of its layers, and must outlive this object.
  ResultCheck(const ImageNode& before, const std::map<LayerId, DescriptorEdit>& edits);

  // For every new document, and the descriptor of the new root. Throw kOther for a layer that an edit would
  // still change, and for a document of `before` that holds one and is still listed as a manifest or index:
  // listed as something else it is not looked into, and stays. An edit that changes nothing asks for nothing.
  void check(const Manifest& manifest) const;
  void check(const Index& index) const;
  void check_document(const Descriptor& document) const;
  // Throws kRefused if all new documents together have more bytes than load_tree() reads. A document counts
  // as often as it is listed, and one that is missing as well.
  static void check_sum(std::uint64_t bytes);

 private:
  [[nodiscard]] bool is_to_change(const Descriptor& layer) const;

  const std::map<LayerId, DescriptorEdit>& edits_;
  std::set<Digest> changing_;  // the documents of `before` that hold such a layer
};

}  // namespace imgcrypt
