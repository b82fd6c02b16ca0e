// Reads an image of an OCI image layout.
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_directory.hpp"
#include "transport/layout/layout_reference.hpp"

namespace imgcrypt {

class LayoutSource final : public ImageSource {
 public:
  // Throws kNotFound, listing the tags there are, when the reference names no image or more than one.
  explicit LayoutSource(const LayoutReference& reference);

  [[nodiscard]] const RootDescriptor& root() const override { return root_; }
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override;
  void check_presence(const Descriptor& blob) override;

 private:
  [[nodiscard]] Fd open_file(const Descriptor& blob) const;

  LayoutDirectory directory_;
  RootDescriptor root_;
};

}  // namespace imgcrypt
