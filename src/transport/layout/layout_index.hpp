// The index.json of a layout (OCI image specification, "Image Layout", index.json), held under the layout's
// lock for as long as this object lives, so that several writers lose none of each other's tags. Readers need
// no lock: index.json is replaced by rename and always whole. The lock is advisory (flock on `oci-layout`):
// other tools do not take it.
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_directory.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// The annotation by which an entry of index.json has a tag (OCI image specification, "Pre-Defined Annotation
// Keys").
inline constexpr const char* kRefName = "org.opencontainers.image.ref.name";

// The tag of an entry of index.json; nullopt when it has none.
[[nodiscard]] std::optional<std::string> tag_of(const Descriptor& entry);

// The entries of index.json, in its order, each with its text; any media type. Throws as
// LayoutDirectory::read_index, kIntegrity when `manifests` or an entry is malformed.
[[nodiscard]] std::vector<RootDescriptor> read_roots(const LayoutDirectory& directory);

class LayoutIndex {
 public:
  // Takes the lock, waiting for as long as another writer holds it, and creates `oci-layout` if it is
  // missing. Then removes unfinished blobs of writers that died. Throws kCancelled after a signal, kNotFound
  // when the directory does not exist, kOther.
  explicit LayoutIndex(const std::string& path);

  // Replaces the entry with that tag, or appends one; without a tag, the untagged entry with that digest.
  // Further entries with the tag go, and all others keep their bytes. Visible when it returns, as it was when
  // it throws. Returns the digest of another image that had the tag. Throws kRefused when index.json would
  // become larger than readers accept, and as read_index().
  std::optional<Digest> put(const RootDescriptor& root, const std::string& tag);

  // When this returns, what put() made visible survives a power cut. Throws kOther; it is visible all the
  // same.
  void make_durable();

  // As they are now, under the lock. Throws as read_roots.
  [[nodiscard]] std::vector<RootDescriptor> roots() const { return read_roots(directory_); }

  // Removes a blob, at once. Not an error when it is gone. REQUIRES: none of roots() needs it.
  void remove_blob(const Digest& digest);

 private:
  LayoutDirectory directory_;
  Fd lock_;  // `oci-layout`, locked until it is closed
};

}  // namespace imgcrypt
