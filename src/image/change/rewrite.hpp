// What encrypt and decrypt have in common: change some layers, copy everything else, and edit the documents
// above them.
#pragma once

#include "image/reporter.hpp"
#include "image/tree/tree.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

// A change of layers. Its methods are called from several threads.
class LayerChange {
 public:
  virtual ~LayerChange() = default;
  // Whether the layer is changed; else it is copied as it is.
  [[nodiscard]] virtual bool changes(const Descriptor& layer) const = 0;
  // Puts what becomes of `blob`, which is read to its end or not at all, and says how digest and annotations
  // change. Once for each blob.
  [[nodiscard]] virtual DescriptorEdit change(const Descriptor& layer, Source& blob,
                                              ImageDestination& destination) = 0;
  // Adds to what change() said of its blob what is this descriptor's own: one blob may be described under
  // several media types, or with several annotations.
  virtual void complete(const Descriptor& layer, DescriptorEdit& edit) const = 0;
  // How the annotations of a document change that stands above a changed layer: not at all, as a rule.
  [[nodiscard]] virtual AnnotationEdit edit_document(const Descriptor& document,
                                                     const Annotations& annotations) const;
};

struct Rewritten {
  Descriptor root;
  std::optional<Digest> replaced;  // an image that had the destination's name until now
};

// Says what of an index is left as it is: what the source lacks, and what is no image.
void note_untouched(const ImageNode& tree, Reporter& reporter);

void note_replaced(const Rewritten& rewritten, Reporter& reporter);

// Nothing is visible at the destination when it throws; on return the image is there, under its name.
Rewritten rewrite_image(ImageSource& source, const ImageNode& tree, ImageDestination& destination,
                        LayerChange& change, unsigned jobs, Reporter& reporter);

}  // namespace imgcrypt
