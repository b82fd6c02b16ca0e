// An OCI image layout as a store of several images: what it lists, what nobody needs, and which name is
// whose.
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_reference.hpp"

namespace imgcrypt {

class LayoutStore final : public SharedStore {
 public:
  // The directory may be missing.
  explicit LayoutStore(LayoutReference reference) : reference_(std::move(reference)) {}

  [[nodiscard]] std::vector<RootDescriptor> images() override;
  [[nodiscard]] std::vector<RootDescriptor> other_images() override;
  [[nodiscard]] std::unique_ptr<ImageSource> open_image(const Descriptor& image) override;
  [[nodiscard]] bool has_blob(const Digest& blob) override;
  std::set<Digest> remove_blobs(const ChooseBlobs& choose) override;

 private:
  LayoutReference reference_;
};

// As their namesakes of transport/open.hpp.
[[nodiscard]] LayoutReference in_place_reference(const LayoutReference& source, const RootDescriptor& root);
[[nodiscard]] bool would_replace(const LayoutReference& destination, const LayoutReference& source);

}  // namespace imgcrypt
