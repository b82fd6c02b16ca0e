// The index.json of a layout, held under the layout's lock for as long as this object lives, so that writers
// side by side lose none of each other's tags.
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/layout_directory.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// The annotation by which an entry of index.json has a tag (OCI image specification, "Pre-Defined Annotation
// Keys").
inline constexpr const char* kRefName = "org.opencontainers.image.ref.name";

// The tag of an entry; nullopt when it has none.
[[nodiscard]] std::optional<std::string> tag_of(const Descriptor& entry);

// The entries of index.json. Throws as LayoutDirectory::read_index; kRefused for what is not a list of
// images.
[[nodiscard]] std::vector<RootDescriptor> read_roots(const LayoutDirectory& directory);

class LayoutIndex {
 public:
  // Takes the lock, waiting for it; makes `oci-layout` when it is missing. The directory must exist.
  // Leftovers of writers that died are swept.
  explicit LayoutIndex(const std::string& path);

  // Replaces the entry of that tag (or, without a tag, of that digest), else appends one: visible when it
  // returns, as it was when it throws. Returns the digest of another image that had the tag.
  std::optional<Digest> put(const RootDescriptor& root, const std::string& tag);

  // What put() made visible survives a power cut when this returns.
  void make_durable();

  [[nodiscard]] std::vector<RootDescriptor> roots() const { return read_roots(directory_); }

  // For a blob that none of the roots needs. Not an error when it is gone.
  void remove_blob(const Digest& digest);

 private:
  LayoutDirectory directory_;
  Fd lock_;
};

}  // namespace imgcrypt
