// Finds the layer that stdin carries in containerd's content store, and the descriptors that name it.
#pragma once

#include "base/process/fd.hpp"
#include "oci/descriptor.hpp"

#include <functional>
#include <optional>
#include <string>

namespace imgcrypt::streamproc {

struct StoredBlob {
  Fd file;
  Digest digest;
  std::string content_root;        // the directory that holds blobs/
  bool is_open_in_parent = false;  // and not as one of its standard files
};

// What a search found. One of a large store is cut short, and must say so: what it did not find may be there.
template <typename Result>
struct Search {
  Result found;
  bool is_cut_short = false;
};

inline constexpr const char* kCutShort = " (the search ended after 20000 entries or 2 s)";

// The blob whose content starts with `head`, or is it when `is_whole`: first among the files that our parent
// has open, then below `content_root`. With `digest` only that blob is looked at.
[[nodiscard]] Search<std::optional<StoredBlob>> find_blob(ByteView head, bool is_whole,
                                                          const std::optional<Digest>& digest,
                                                          const std::string& content_root);

// Calls `is_wanted` with the layer's descriptors, as far as they have annotations of encryption, in the
// store's manifests, those of the newest first, until it returns true. Waits up to two seconds for one to be
// written. Returns whether there was any.
Search<bool> find_descriptors(const StoredBlob& blob,
                              const std::function<bool(const Descriptor&)>& is_wanted);

}  // namespace imgcrypt::streamproc
