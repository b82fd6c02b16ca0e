// containerd's content store as the files it consists of, ROOT/blobs/<algorithm>/<hex>, for whoever reads it
// without containerd's help. Values that hold paths only: nothing stays open, nothing is written. Safe for
// use by several threads.
#pragma once

#include "base/process/fd.hpp"
#include "oci/digest.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// Steady, so that a clock that is set neither ends a search nor prolongs it.
using SearchClock = std::chrono::steady_clock;

// What a search through a store may take, in all.
inline constexpr std::chrono::seconds kMostSearchTime{2};
// The reason in BlobList::cut_short and LayerDescriptors::cut_short.
inline constexpr const char* kOutOfTime = "the search ran out of time";

// Names only: a file may be gone, or be of any kind and name, when it is opened.
struct BlobList {
  std::vector<std::string> paths;  // in no particular order
  // "the search ended after 20000 entries", kOutOfTime, or why a directory cannot be listed: what was not
  // found may be there all the same. Empty when the list is complete.
  std::string cut_short;
};

class ContentStore {
 public:
  // `root` holds blobs/. It need not exist: such a store is empty.
  explicit ContentStore(std::string root) : root_(std::move(root)) {}

  [[nodiscard]] const std::string& root() const noexcept { return root_; }
  // Where the blob is if the store has it. Nothing is looked at. Safe as a path: a Digest has been parsed.
  [[nodiscard]] std::string path(const Digest& digest) const;
  // The files of all algorithms, 20 000 at most and as far as it comes before the deadline. Throws
  // kCancelled.
  [[nodiscard]] BlobList list(SearchClock::time_point deadline) const;

 private:
  std::string root_;
};

// The store and the blob that a path names; whether the file is there, and holds what its name says, is not
// known.
struct BlobPlace {
  ContentStore store;
  Digest digest;
};

// The inverse of ContentStore::path; nullopt for a path that is not of that form.
[[nodiscard]] std::optional<BlobPlace> parse_blob_path(const std::string& path);

// For reading. Closed when there is no such file, or when it is anything but a regular file: opening never
// blocks, and never reads a device. Links are followed. Closed too when the system refuses one that may be
// there: `refusal`, if it is given, then says why.
[[nodiscard]] Fd open_regular_file(const std::string& path, std::string* refusal = nullptr);

}  // namespace imgcrypt
