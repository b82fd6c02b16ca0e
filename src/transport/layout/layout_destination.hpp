// Writes an image into an OCI image layout, which is created if it is missing. Crash-safe and shared: blobs
// are unnamed files until commit(), which takes the layout's lock, makes each blob durable, links it to its
// name, and last renames a new index.json into place. So after a kill or a power cut at any moment the layout
// holds the old image or the new one, and writers at the same time keep each other's tags. Threads as in
// image_store.hpp. Keeps one file open for each blob that is put until commit().
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_directory.hpp"
#include "transport/layout/layout_index.hpp"
#include "transport/layout/layout_reference.hpp"

#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace imgcrypt {

// TransportOptions, in a layout's terms. Both are optional. Without them every blob is hashed or written
// again, and a tag is replaced whoever it belongs to.
struct LayoutDestinationOptions {
  std::string other = {};                            // the layout that the image is read from, if it is one
  std::optional<Digest> in_place_of = std::nullopt;  // the image that is to be replaced
};

class LayoutDestination final : public ImageDestination {
 public:
  // Creates nothing yet. Throws kUsage for a reference by digest or position, or a tag that OCI does not
  // allow.
  explicit LayoutDestination(LayoutReference reference, LayoutDestinationOptions options = {});
  // What was not committed is gone, and with it the directories that were created for it, if nobody else uses
  // them. But `oci-layout` of a new directory stays once commit() has begun: another writer may be waiting
  // for the lock on it.
  ~LayoutDestination() override;
  LayoutDestination(const LayoutDestination&) = delete;
  LayoutDestination& operator=(const LayoutDestination&) = delete;

  // Throws kUsage when the directory cannot be created, or its path is a file; as read_roots() for an
  // index.json that cannot be read. Whether the user may write there is not checked.
  void check() override;
  // Reads the whole blob: one that a crash or a disk damaged must not become part of a new image. Throws
  // kRefused when the blob is a link or not a regular file.
  [[nodiscard]] bool has(const Descriptor& blob) override;
  // Only where the image is read from this very directory, by whatever path it was named. Throws kRefused
  // when the blob is a link or not a regular file.
  [[nodiscard]] bool adopt(const Descriptor& blob) override;
  // Written and hashed as it comes, into a file without its final name; equal blobs at the same time are
  // written twice, and one of them is kept.
  Digest put_blob(const BlobInfo& info, Source& content) override;
  // Replaces a damaged document of that name, also in the layout that is read.
  void put_document(const Descriptor& descriptor, std::string_view text) override;
  // Waits for the lock for as long as another writer holds it. A blob that is there already under the name of
  // one that was put is replaced, not trusted.
  std::optional<Digest> commit(const RootDescriptor& root) override;

 private:
  // A blob that has no name yet.
  struct Pending {
    Fd file;
    std::string temporary_name;  // in its blob directory; empty for an unnamed file
  };

  void make_directories(HashAlgorithm algorithm);
  Pending open_temporary(HashAlgorithm algorithm);
  void check_found() const;
  void check_replaced(const LayoutIndex& index) const;
  void link_blobs();
  void link_blob(int directory, const Digest& digest, Pending& pending);
  void unlink_new_blobs() noexcept;

  LayoutReference reference_;
  LayoutDestinationOptions options_;
  bool is_other_ours_;  // the image is read from this very layout
  std::mutex mutex_;
  std::vector<std::string> made_directories_;  // by us, outermost first
  std::map<Digest, Pending> pending_;          // put, whole, and not yet linked
  std::set<Digest> found_;                     // by has() or adopt()
  std::vector<Digest> new_blobs_;              // linked, where none had the name
};

}  // namespace imgcrypt
