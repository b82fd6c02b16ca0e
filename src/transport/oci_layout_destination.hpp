// Writes an image into an OCI image layout, which is made when it is missing. Crash-safe and shared: blobs
// are unnamed files until commit, which makes each durable, links it to its name, and last, under the
// layout's lock, renames a new index.json into place. So at every moment the layout holds the old image or
// the new one.
#pragma once

#include "oci/reference.hpp"
#include "transport/image_store.hpp"
#include "transport/layout_directory.hpp"

#include <map>
#include <mutex>
#include <set>
#include <vector>

namespace imgcrypt {

class OciLayoutDestination final : public ImageDestination {
 public:
  // Touches nothing yet. Throws kUsage for a reference by digest.
  explicit OciLayoutDestination(Reference reference);
  // What was not committed vanishes, and with it the directories made for it.
  ~OciLayoutDestination() override;
  OciLayoutDestination(const OciLayoutDestination&) = delete;
  OciLayoutDestination& operator=(const OciLayoutDestination&) = delete;

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
  void link_blobs();
  void link_blob(int directory, const Digest& digest, Pending& pending);

  Reference reference_;
  std::mutex mutex_;
  std::vector<std::string> made_directories_;
  std::map<Digest, Pending> pending_;
  std::set<Digest> found_;  // by has()
};

}  // namespace imgcrypt
