// Which blob of a content store is on stdin. containerd has it open itself and tells nobody its name; what it
// sends us is ciphertext, so the first bytes are those of one blob alone.
#pragma once

#include "node/content_store.hpp"
#include "streamproc/ciphertext.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace imgcrypt::streamproc {

struct LayerBlob {
  Fd file;  // for reading, with a position of its own
  ContentStore store;
  Digest digest;                   // as its name says
  bool is_open_in_parent = false;  // and not as one of its standard files
};

// Without a blob, `cut_short` says whether it may be there all the same.
struct BlobSearch {
  std::optional<LayerBlob> blob;
  std::string cut_short;  // as BlobList::cut_short
};

// The directory of links to a process's open files (proc_pid_fd(5)). Whether we may look into it is the
// kernel's decision.
[[nodiscard]] std::string open_files_of(pid_t process);

// The first blob that begins with `head`, or is it if it is whole: among `open_files`, those of content
// stores, then below `store`. With `digest`, only that blob is looked at. A process whose files we may not
// see has none. Throws kCancelled, kOther when a blob cannot be read.
[[nodiscard]] BlobSearch find_blob(const Head& head, const std::optional<Digest>& digest,
                                   const std::string& open_files, const ContentStore& store);

}  // namespace imgcrypt::streamproc
