// An OCI image layout as a store of several images: what it lists, and which blobs it has. Contracts as in
// image_store.hpp.
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_entries.hpp"
#include "transport/layout/layout_lock.hpp"

namespace imgcrypt {

// Keeps nothing open between calls.
class LayoutStore final : public SharedStore {
 public:
  // The directory may be missing. `target` is what contents_without_replaced() is about.
  LayoutStore(EntryTarget target, Links links, Warn warn)
      : target_(std::move(target)), links_(links), warn_(std::move(warn)) {}

  // Each call reads index.json anew and takes no lock. Throws kRefused for a manifest.json that is not
  // Docker's list.
  [[nodiscard]] StoreContents contents() override;
  [[nodiscard]] StoreContents contents_without_replaced() override;
  [[nodiscard]] std::unique_ptr<ImageSource> open_image(const Descriptor& image) override;
  [[nodiscard]] std::unique_ptr<ImageSource> open_former(const Digest& root) override;
  // Throws kRefused when the name belongs to a link or anything but a regular file.
  [[nodiscard]] bool has_blob(const Digest& blob) override;
  // Regular files with the name of a digest in blobs/sha256 and blobs/sha512. Throws kRefused where
  // oci-layout is missing or of another version, as remove_blobs() does.
  [[nodiscard]] std::vector<StoredBlob> blobs() override;
  [[nodiscard]] std::vector<UnfinishedBlob> unfinished() override;
  // Holds the lock while `choose` runs. Throws kNotFound when the layout does not exist.
  std::set<Digest> remove_blobs(const ChooseBlobs& choose) override;

 private:
  [[nodiscard]] const std::string& path() const noexcept { return target_.name.path; }

  EntryTarget target_;
  Links links_;
  Warn warn_;
};

}  // namespace imgcrypt
