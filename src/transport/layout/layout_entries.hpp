// The entries of a layout's index.json (OCI image specification, "Image Layout", index.json), and which of
// them a name means, for reading and for writing. Values and free functions; positions count from 0. An entry
// that we cannot read does not keep us from its neighbours.
#pragma once

#include "transport/image_store.hpp"
#include "transport/layout/image_name.hpp"
#include "transport/layout/layout_directory.hpp"

#include <imgcrypt/error.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// The annotation by which an entry has a tag (OCI image specification, "Pre-Defined Annotation Keys").
inline constexpr const char* kRefName = "org.opencontainers.image.ref.name";
// The one under which containerd, nerdctl and Docker keep the whole name, docker.io/library/busybox:1; their
// tag is then only "1".
inline constexpr const char* kImageName = "io.containerd.image.name";

struct LayoutEntry {
  std::string raw;                       // its text
  std::optional<Descriptor> descriptor;  // nullopt: it cannot be read
  std::optional<Error> problem;          // why
};

// nullopt when it has none.
[[nodiscard]] std::optional<std::string> tag_of(const Descriptor& entry);
[[nodiscard]] std::optional<std::string> image_name_of(const Descriptor& entry);

// Of the first entry with this tag that can be read; nullopt if there is none.
[[nodiscard]] std::optional<Digest> digest_tagged(const std::vector<LayoutEntry>& entries,
                                                  const std::string& tag);

// The tag, or else the image name, by which a reference names this entry's image and no other. nullopt where
// several images have the name, or a reference cannot hold it: then only its position does.
[[nodiscard]] std::optional<std::string> usable_name_of(const std::vector<LayoutEntry>& entries,
                                                        std::size_t position);

// The entries of the text of an index.json, in its order. None when `manifests` is missing or null. Throws
// kIntegrity when it is not an array. REQUIRES: check_json() has accepted the text.
[[nodiscard]] std::vector<LayoutEntry> parse_entries(const std::string& index);
// Those of the layout. Throws as LayoutDirectory::read_index and parse_entries, naming the file.
[[nodiscard]] std::vector<LayoutEntry> read_entries(const LayoutDirectory& directory);
// The same for those who must know every entry: throws kRefused for one that cannot be read.
[[nodiscard]] std::vector<RootDescriptor> all_roots(const std::vector<LayoutEntry>& entries);

// The entry that a name means, for reading: by position, else by tag, else by image name. If several
// images have the name, the one for whose platform `is_wanted` is true, where that is given. Throws kNotFound
// when there is none, listing what is there; kUsage when several images have the name, saying how to name
// one; and why an entry cannot be read when no other one has the name.
[[nodiscard]] RootDescriptor find_root(const ImageName& name, const std::vector<LayoutEntry>& entries,
                                       const std::function<bool(const Platform&)>& is_wanted);

// Whose place an image takes in the list. `name` has neither position nor digest unless it is in place.
struct EntryTarget {
  enum class Place { kByName, kInPlace };

  ImageName name;
  // The entry of the image that is read, if it is one of this list.
  std::optional<Descriptor> own = std::nullopt;
  Place place = Place::kByName;  // kInPlace: exactly that entry's, which must still be there
};

// The positions of the entries that a new image replaces, which are one image: none if it is to be added. If
// one of those that have the name is `own`, all that list this image under its tag go, or under its image
// name where it was named by that or by its position; other images stay. Throws kRefused when different
// images have the name, as they would lose it, or when an entry has it that cannot be read; kOther when
// another program has changed the entry in place of which it goes.
[[nodiscard]] std::vector<std::size_t> entries_to_replace(const EntryTarget& target,
                                                          const std::vector<LayoutEntry>& entries);

}  // namespace imgcrypt
