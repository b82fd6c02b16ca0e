// Writes an image into an OCI image layout, which is made when it is missing. Crash-safe and shared: blobs
// are unnamed files until commit, which makes each durable, links it to its name, and last, under the
// layout's lock, renames a new index.json into place. So at every moment the layout holds the old image or
// the new one.
#pragma once

#include "oci/reference.hpp"
#include "transport/image_store.hpp"
#include "transport/layout/layout_directory.hpp"
#include "transport/layout/layout_index.hpp"

#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace imgcrypt {

class OciLayoutDestination final : public ImageDestination {
 public:
  // Touches nothing yet. With `in_place_of` commit() replaces that image or, when the name has become
  // another's meanwhile, throws kOther: what somebody else did is not lost. Throws kUsage for a reference by
  // digest.
  explicit OciLayoutDestination(Reference reference, std::optional<Digest> in_place_of = std::nullopt);
  // What was not committed vanishes, and with it the directories made for it.
  ~OciLayoutDestination() override;
  OciLayoutDestination(const OciLayoutDestination&) = delete;
  OciLayoutDestination& operator=(const OciLayoutDestination&) = delete;

  void check() override;
  [[nodiscard]] bool has(const Descriptor& blob) override;
  Digest put(const BlobInfo& info, Source& content, Lane& lane) override;
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

  Reference reference_;
  std::optional<Digest> in_place_of_;
  std::mutex mutex_;
  std::vector<std::string> made_directories_;
  std::map<Digest, Pending> pending_;
  std::set<Digest> found_;         // by has()
  std::vector<Digest> new_blobs_;  // linked, where none had the name
};

}  // namespace imgcrypt
