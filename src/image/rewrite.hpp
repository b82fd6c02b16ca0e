// What encrypt and decrypt have in common: change some layers, copy everything else, and edit the documents
// above them.
#pragma once

#include "base/read_ahead_source.hpp"
#include "image/reporter.hpp"
#include "image/tree.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

// A change of layers. Its methods are called from several threads.
class LayerChange {
 public:
  virtual ~LayerChange() = default;
  // The media type of the layer when it is changed; nullopt when it is to be left as it is.
  [[nodiscard]] virtual std::optional<std::string> changed_type(const Descriptor& layer) const = 0;
  // Reads `blob` to its end, puts the changed one, and says how its digest and annotations change. Once for
  // each blob. `ahead` says whether there are cores for stages side by side.
  [[nodiscard]] virtual DescriptorEdit change(const Descriptor& layer, Source& blob, ReadAhead ahead,
                                              ImageDestination& destination) = 0;
  // Names of annotations that a changed layer loses.
  [[nodiscard]] virtual std::set<std::string> removed_annotations(const Descriptor& layer) const = 0;
  // How the annotations of a document change that stands above a changed layer.
  [[nodiscard]] virtual AnnotationEdit edit_document(const Descriptor& document,
                                                     const Annotations& annotations) const = 0;
};

struct Rewritten {
  Descriptor root;
  std::optional<Digest> replaced;  // an image that had the destination's name until now
};

void note_replaced(const Rewritten& rewritten, Reporter& reporter);

// Nothing is visible at the destination when it throws; on return the image is there, under its name.
Rewritten rewrite_image(ImageSource& source, const ImageNode& tree, ImageDestination& destination,
                        LayerChange& change, unsigned jobs);

}  // namespace imgcrypt
