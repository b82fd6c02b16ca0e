// Reads an image of an archive, which is never unpacked: its blobs are read where they are, by any number of
// threads.
#pragma once

#include "transport/archive/archive_contents.hpp"
#include "transport/image_store.hpp"
#include "transport/layout/layout_referrers.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace imgcrypt {

class ArchiveSource final : public ImageSource {
 public:
  // Finds the image. Throws as ArchiveContents::find_root.
  ArchiveSource(ArchiveContents contents, const ArchiveReference& reference,
                const std::function<bool(const Platform&)>& is_wanted)
      : contents_(std::move(contents)),
        path_(reference.is_stream() ? "stdin" : reference.file),
        root_(contents_.find_root(reference, is_wanted)) {}

  // Contracts as in image_store.hpp. The file stays open, so that an archive that is replaced meanwhile can
  // still be read.
  [[nodiscard]] const RootDescriptor& root() const override { return root_; }
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override;
  void check_presence(const Descriptor& blob) override;
  [[nodiscard]] std::vector<Referrer> referrers(const Descriptor& subject) override {
    return referrers_.of(subject, *this, [this] { return contents_.entries; });
  }

 private:
  ArchiveContents contents_;
  std::string path_;
  RootDescriptor root_;
  ListedReferrers referrers_;
};

}  // namespace imgcrypt
