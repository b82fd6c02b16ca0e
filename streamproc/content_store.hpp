// Finds the layer that stdin carries in containerd's content store, and the descriptors that name it.
#pragma once

#include "base/fd.hpp"
#include "oci/descriptor.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::streamproc {

struct StoredBlob {
  Fd file;
  Digest digest;
  std::string content_root;  // the directory that holds blobs/
};

// The blob whose content starts with `head`, or is it when `is_whole`: first among the files that our parent
// has open, then below `content_root`. With `digest` only that blob is looked at.
[[nodiscard]] std::optional<StoredBlob> find_blob(ByteView head, bool is_whole,
                                                  const std::optional<Digest>& digest,
                                                  const std::string& content_root);

// The layer's descriptors, with annotations of encryption, in the store's manifests; those of the newest
// first. Waits up to two seconds for one to be written.
[[nodiscard]] std::vector<Descriptor> find_descriptors(const StoredBlob& blob);

}  // namespace imgcrypt::streamproc
