// The lock of a layout, held for as long as this object lives: an flock on `oci-layout`, since that file is
// never replaced, while a lock on index.json would be on the old one after the next rename. It belongs to the
// open file, so a writer that was killed never leaves a layout locked. Advisory: other tools do not take it.
#pragma once

#include "transport/files/file_lock.hpp"
#include "transport/layout/layout_directory.hpp"

#include <functional>
#include <string>

namespace imgcrypt {

// Calls `visit` with the folder, name and size of each temporary file in it whose writer is dead. Needs no
// lock of the layout. Failures to look do not matter.
void for_each_abandoned(
    const LayoutDirectory& directory, HashAlgorithm algorithm,
    const std::function<void(int folder, const std::string& name, std::uint64_t size)>& visit);

class LayoutLock {
 public:
  // Creates `oci-layout` if it is missing. Waits for as long as another writer holds the lock, and says so
  // after a second. Then removes unfinished blobs of writers that died. Throws kCancelled after a signal,
  // kRefused when `oci-layout` is a link, kOther.
  LayoutLock(const LayoutDirectory& directory, const Warn& warn);

 private:
  Fd file_;
};

}  // namespace imgcrypt
