// An OCI image layout as a store of several images: what it lists, which blobs nobody needs, and which image
// has which name. Contracts as in image_store.hpp.
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_reference.hpp"

namespace imgcrypt {

// Keeps nothing open between calls.
class LayoutStore final : public SharedStore {
 public:
  // The directory may be missing. Of the reference only directory and tag count.
  explicit LayoutStore(LayoutReference reference) : reference_(std::move(reference)) {}

  // Each call reads index.json anew and takes no lock.
  [[nodiscard]] std::vector<RootDescriptor> images() override;
  [[nodiscard]] std::vector<RootDescriptor> other_images() override;
  [[nodiscard]] std::unique_ptr<ImageSource> open_image(const Descriptor& image) override;
  // Throws kRefused when the name belongs to a link or anything but a regular file.
  [[nodiscard]] bool has_blob(const Digest& blob) override;
  // Holds the lock while `choose` runs. Throws kNotFound when the layout does not exist.
  std::set<Digest> remove_blobs(const ChooseBlobs& choose) override;

 private:
  LayoutReference reference_;
};

// See the functions of the same names in transport/open.hpp.
[[nodiscard]] LayoutReference in_place_reference(const LayoutReference& source, const RootDescriptor& root);
[[nodiscard]] bool would_replace(const LayoutReference& destination, const LayoutReference& source);

}  // namespace imgcrypt
