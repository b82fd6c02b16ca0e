// The text of a new index.json: an entry for an image that was written, in its place. What we do not know
// stays, but nothing that would contradict the new image: neither the old document nor, under another name,
// the name by which containerd would take it for the old one. Pure functions over texts.
#pragma once

#include "transport/layout/layout_entries.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// What an entry is called. Both may be missing.
struct EntryName {
  std::optional<std::string> tag;
  std::optional<std::string> image_name;  // containerd's

  bool operator==(const EntryName&) const = default;
};

[[nodiscard]] EntryName name_of(const Descriptor& entry);
// The name that the image has in the store that it was read from (`root.raw`).
[[nodiscard]] EntryName name_in_source(const RootDescriptor& root);

// An index.json without images.
[[nodiscard]] std::string fresh_index();

// What to call the entry of an image under this tag (which may be empty). `replaced` is the entry whose place
// it takes, if any, and `source` the name that the image had where it came from.
[[nodiscard]] EntryName name_under(const std::string& tag, const std::optional<Descriptor>& replaced,
                                   const EntryName& source);

// The text of the entry: the source's (`root.raw`, or a fresh one) with the new digest, size and name.
[[nodiscard]] std::string entry_text(const RootDescriptor& root, const EntryName& name);

// `index` with the entry in the place of the first of those at `replaced`, the others of which go; at the end
// if there is none. In place, since oci:DIR:@N counts the entries in this order. REQUIRES: `replaced` is
// sorted.
[[nodiscard]] std::string with_entry(const std::string& index, const std::string& entry,
                                     const std::vector<std::size_t>& replaced);

// `index` with an entry for a referrer: in the place of the one with its tag, or of the same artifact without
// one.
[[nodiscard]] std::string with_referrer(const std::string& index, const Referrer& referrer);

// Throws kRefused when readers would refuse the text, ourselves among them: it is too large, or an entry has
// too many members. To be called before anything is replaced.
void require_readable_index(const std::string& index, const std::string& path);

}  // namespace imgcrypt
