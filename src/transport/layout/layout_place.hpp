// Where a layout may be written: a directory that is new or empty, or is a layout already. Anything else was
// meant for something else, and a mistyped path must not fill a source tree with blobs. Free functions that
// change nothing.
#pragma once

#include "transport/layout/image_name.hpp"

namespace imgcrypt {

// Throws kUsage when the directory cannot be created: its path is a file or a dangling link, or the directory
// above it is missing, or in /proc; also when it would be new and have a colon in its name, since most likely
// a tag was meant. Throws kRefused for a directory with other content than a layout's, and for one inside the
// blobs of another layout. A directory that holds nothing but `blobs` counts as a layout: another writer has
// begun it.
void require_place(const ImageName& destination);

// Throws kRefused for a directory without an oci-layout file of version 1: whatever it holds, it is not ours
// to tidy up. REQUIRES: it exists.
void require_layout_version(const std::string& path);

// Throws kUsage for a directory that does not exist, and whose name is that of a layout, a colon and what no
// reference can hold as a tag: `oci:DIR:my tag` would otherwise be taken for a new directory.
void refuse_unwritable_tag(const ImageName& reference);

}  // namespace imgcrypt
