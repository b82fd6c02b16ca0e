// Reads the image of a dir: directory. Any number of threads may read.
#pragma once

#include "transport/dir/dir_reference.hpp"
#include "transport/image_store.hpp"
#include "transport/layout/layout_directory.hpp"

namespace imgcrypt {

class DirSource final : public ImageSource {
 public:
  // Throws kNotFound when there is no such directory, or no manifest.json in it; kIntegrity and kRefused for
  // one that is not a document.
  DirSource(const DirReference& reference, Links links);

  // Contracts as in image_store.hpp.
  [[nodiscard]] const RootDescriptor& root() const override { return root_; }
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override;
  void check_presence(const Descriptor& blob) override;

 private:
  // Throws kNotFound when it is missing.
  [[nodiscard]] Fd open_file(const Descriptor& blob) const;

  Links links_;
  LayoutDirectory directory_;
  RootDescriptor root_;
};

}  // namespace imgcrypt
