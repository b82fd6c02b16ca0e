// Writes an image into an OCI image layout, which is made when it is missing. Crash-safe and shared: blobs
// are unnamed files until commit, which makes each durable, links it to its name, and last, under the
// layout's lock, renames a new index.json into place. So at every moment the layout holds the old image or
// the new one.
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

struct LayoutDestinationOptions {
  std::string other = {};                            // the layout that the image is read from, if it is one
  std::optional<Digest> in_place_of = std::nullopt;  // the image that is to be replaced
};

class LayoutDestination final : public ImageDestination {
 public:
  // Touches nothing yet. Throws kUsage for a reference by digest or position, or a tag that OCI does not
  // allow.
  explicit LayoutDestination(LayoutReference reference, LayoutDestinationOptions options = {});
  // What was not committed is gone, and with it the directories made for it. But `oci-layout` of a new
  // directory stays once commit() has begun: another writer may be waiting for the lock on it.
  ~LayoutDestination() override;
  LayoutDestination(const LayoutDestination&) = delete;
  LayoutDestination& operator=(const LayoutDestination&) = delete;

  void check() override;
  [[nodiscard]] bool has(const Descriptor& blob) override;
  [[nodiscard]] bool adopt(const Descriptor& blob) override;
  Digest put_blob(const BlobInfo& info, Source& content) override;
  void put_document(const Descriptor& descriptor, std::string_view text) override;
  std::optional<Digest> commit(const RootDescriptor& root) override;

 private:
  struct Pending {
    Fd file;
    std::string temporary_name;  // empty for an unnamed file
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
  std::vector<std::string> made_directories_;
  std::map<Digest, Pending> pending_;
  std::set<Digest> found_;         // by has() or adopt()
  std::vector<Digest> new_blobs_;  // linked, where none had the name
};

}  // namespace imgcrypt
