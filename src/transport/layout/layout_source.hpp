// Reads an image of an OCI image layout. Takes no lock: a blob has its name only when it is whole, and
// index.json is read once. A blob that a writer prunes in the meantime is kNotFound.
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_directory.hpp"
#include "transport/layout/layout_reference.hpp"
#include "transport/layout/layout_referrers.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace imgcrypt {

// Only the directory and the root's entry are kept; each open() opens a file of its own, so any number of
// threads may read.
class LayoutSource final : public ImageSource {
 public:
  // Finds the image. Throws as read_entries and find_root.
  explicit LayoutSource(const LayoutReference& reference, Links links = Links::kRefuse,
                        const std::function<bool(const Platform&)>& is_wanted = {});
  // The image with this root, whether index.json lists it or not.
  LayoutSource(LayoutDirectory directory, RootDescriptor root)
      : directory_(std::move(directory)), root_(std::move(root)) {}

  // Contracts as in image_store.hpp. The directory stays open, so a layout that is renamed meanwhile can
  // still be read.
  [[nodiscard]] const RootDescriptor& root() const override { return root_; }
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override;
  void check_presence(const Descriptor& blob) override;
  // Of the entries of index.json, whose documents are read when it is first called.
  [[nodiscard]] std::vector<Referrer> referrers(const Descriptor& subject) override;

 private:
  // Throws kNotFound when it is missing.
  [[nodiscard]] Fd open_file(const Descriptor& blob) const;

  LayoutDirectory directory_;
  RootDescriptor root_;
  ListedReferrers referrers_;
};

}  // namespace imgcrypt
