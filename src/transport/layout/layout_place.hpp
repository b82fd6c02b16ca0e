// Where a layout may be written: a directory that is new or empty, or is a layout already. Anything else was
// meant for something else, and a mistyped path must not fill a source tree with blobs. Free functions that
// change nothing.
#pragma once

#include "transport/layout/layout_reference.hpp"

namespace imgcrypt {

// Throws kUsage when the directory cannot be created: its path is a file or a dangling link, or the directory
// above it is missing, or in /proc. Throws kRefused for a directory with other content than a layout's, and
// for one inside the blobs of another layout. A directory that holds nothing but `blobs` counts as a layout:
// another writer has begun it.
void require_place(const LayoutReference& destination);

// That the directory above is missing, for whoever finds that it went after require_place().
[[noreturn]] void fail_for_parent(const LayoutReference& destination);

}  // namespace imgcrypt
