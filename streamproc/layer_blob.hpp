// Which blob of a content store is on stdin. containerd has it open itself and tells nobody its name; what it
// sends us is ciphertext, so by chance the first bytes are those of one blob alone. Somebody may have made
// another that begins like it: then only the digest of all of stdin tells.
#pragma once

#include "node/content_store.hpp"
#include "streamproc/ciphertext.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::streamproc {

// Those that are looked into, in this order.
using ContentStores = std::vector<ContentStore>;

struct LayerBlob {
  Fd file;  // for reading, with a position of its own
  ContentStore store;
  Digest digest;                   // as its name says
  bool is_open_in_parent = false;  // and not as one of its standard files
};

// The directory of links to a process's open files (proc_pid_fd(5)). Whether we may look into it is the
// kernel's decision.
[[nodiscard]] std::string open_files_of(pid_t process);

// The blob that begins with `head`, or is it if it is whole, among `open_files`, as far as they are in
// content stores; with `digest`, the blob of that name there or in one of `stores`. A process whose files we
// may not see has none. nullopt also when several begin like that: then its digest must be known. Throws
// kOther when a blob cannot be read.
[[nodiscard]] std::optional<LayerBlob> find_blob(const Head& head, const std::optional<Digest>& digest,
                                                 const std::string& open_files, const ContentStores& stores);

// The blob of one of `stores` that stdin itself is, as when the decoder is started by hand. Throws kOther
// when it cannot be read.
[[nodiscard]] std::optional<LayerBlob> blob_on_stdin(const Head& head, const ContentStores& stores);

}  // namespace imgcrypt::streamproc
