// Writes an image into an OCI image layout, which is created if it is missing. Crash-safe and shared: blobs
// are unnamed files until commit(), which takes the layout's lock, makes each blob durable, links it to its
// name, and last renames a new index.json into place. So after a kill or a power cut at any moment the layout
// holds the old image or the new one, and writers at the same time keep each other's images. Threads as in
// image_store.hpp. Keeps one file open for each blob that is put until commit().
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_entries.hpp"
#include "transport/layout/layout_index.hpp"
#include "transport/layout/layout_reference.hpp"
#include "transport/layout/pending_blob.hpp"

#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace imgcrypt {

// TransportOptions, in a layout's terms.
struct LayoutDestinationOptions {
  // The image is read from this very layout, so that its blobs can be adopted.
  bool is_source = false;
  Links links = Links::kRefuse;  // of blobs that are found there
  Warn warn = {};
};

class LayoutDestination final : public ImageDestination {
 public:
  // Creates nothing yet. Throws kUsage for a reference by digest or position that is not in place, or a tag
  // that OCI does not allow.
  explicit LayoutDestination(EntryTarget target, LayoutDestinationOptions options = {});
  // What was not committed is gone, and with it the directories that were created for it, if nobody else uses
  // them. But `oci-layout` of a new directory stays once commit() has begun: another writer may be waiting
  // for the lock on it.
  ~LayoutDestination() override;
  LayoutDestination(const LayoutDestination&) = delete;
  LayoutDestination& operator=(const LayoutDestination&) = delete;

  // Throws as require_place(), as read_entries() for an index.json that cannot be read, and as
  // entries_to_replace(). Whether the user may write there is not checked.
  void check() override;
  // Reads the whole blob: one that a crash or a disk damaged must not become part of a new image. Throws
  // kRefused when the blob is not a regular file, or a link that must not be followed.
  [[nodiscard]] bool has(const Descriptor& blob) override;
  // Only where the image is read from this very directory, by whatever path it was named. Throws kRefused
  // when the blob is not a regular file, or a link that must not be followed.
  [[nodiscard]] bool adopt(const Descriptor& blob) override;
  // Written and hashed as it comes, into a file without its final name; equal blobs at the same time are
  // written twice, and one of them is kept. Throws kOther when the disk is full, saying how much it lacks.
  Digest put_blob(const BlobInfo& info, Source& content) override;
  // Replaces a damaged document of that name, also in the layout that is read. Throws kRefused for one that
  // is too large to be read again.
  void put_document(const Descriptor& descriptor, std::string_view text) override;
  // As an entry of index.json; one that names its subject has no tag. Throws kRefused if the image gets none
  // either: nobody could tell them apart.
  void add_referrer(const Referrer& referrer) override;
  [[nodiscard]] std::optional<Digest> tagged_now(const std::string& tag) override;
  // Waits for the lock for as long as another writer holds it. A blob that is there already under the name of
  // one that was put is replaced, not trusted.
  std::optional<Digest> commit(const RootDescriptor& root) override;
  [[nodiscard]] std::optional<Digest> named_now() override;

 private:
  [[nodiscard]] std::vector<LayoutEntry> entries_now() const;
  void make_directories(HashAlgorithm algorithm);
  PendingBlob create_blob(HashAlgorithm algorithm);
  [[nodiscard]] const std::string& path() const noexcept { return target_.name.path; }
  void check_found() const;
  void link_blobs();
  void unlink_new_blobs() noexcept;
  void make_directories_durable() const;

  EntryTarget target_;
  LayoutDestinationOptions options_;
  std::mutex mutex_;
  std::vector<std::string> made_directories_;  // by us, outermost first
  std::map<Digest, PendingBlob> pending_;      // put, whole, and not yet linked
  std::set<Digest> found_;                     // by has() or adopt()
  std::vector<Referrer> referrers_;
  std::vector<Digest> new_blobs_;  // linked, where none had the name
};

}  // namespace imgcrypt
