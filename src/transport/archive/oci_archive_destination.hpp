// Writes an image into an OCI layout in a tar, beside the other images of the file if it exists. The file
// appears, or is replaced, when everything is in it; what goes to stdout is an archive only then. Threads as
// in image_store.hpp.
#pragma once

#include "transport/archive/archive_output.hpp"
#include "transport/archive/archive_target.hpp"
#include "transport/archive/kept_images.hpp"
#include "transport/layout/layout_lock.hpp"

#include <filesystem>
#include <vector>

namespace imgcrypt {

class OciArchiveDestination final : public ImageDestination {
 public:
  // Throws as require_writable_name.
  OciArchiveDestination(ArchiveTarget target, const std::filesystem::path& temporary_directory, Warn warn);

  // Throws as ArchiveOutput::check and KeptImages::read.
  void check() override;
  void expect(const ExpectedImage& image) override { output_.plan(image.blobs); }
  [[nodiscard]] bool is_sequential() const noexcept override { return output_.is_stream(); }
  // Only what was put.
  [[nodiscard]] bool has(const Descriptor& blob) override { return output_.writer().has(blob.digest); }
  [[nodiscard]] bool adopt(const Descriptor& /*blob*/) override { return false; }
  Digest put_blob(const BlobInfo& info, Source& content) override {
    return output_.writer().put(info, content);
  }
  // Throws kRefused for one that is too large to be read again.
  void put_document(const Descriptor& descriptor, std::string_view text) override;
  // Throws kRefused for an image without a tag: nobody could tell it from its referrers.
  void add_referrer(const Referrer& referrer) override;
  [[nodiscard]] std::optional<Digest> tagged_now(const std::string& tag) override;
  std::optional<Digest> commit(const RootDescriptor& root) override;
  [[nodiscard]] std::optional<Digest> named_now() override;
  // What the other images of the file need.
  [[nodiscard]] std::set<Digest> still_held(const std::set<Digest>& blobs) override;

 private:
  [[nodiscard]] KeptImages read_kept();

  ArchiveTarget target_;
  std::filesystem::path temporary_directory_;
  Warn warn_;
  ArchiveOutput output_;
  std::vector<Referrer> referrers_;
  std::set<Digest> kept_;  // blobs of the other images, when these were last looked at
};

}  // namespace imgcrypt
