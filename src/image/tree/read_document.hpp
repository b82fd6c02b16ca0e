// Reads what is small enough to be kept whole: indexes, manifests and configs.
#pragma once

#include "base/bytes.hpp"
#include "transport/image_store.hpp"

#include <string>

namespace imgcrypt {

// The blob's bytes, verified. Throws kRefused above kMostDocumentBytes, before a byte is requested, and else
// as ImageSource::open. `name` is what messages call it: "config sha256:...".
[[nodiscard]] Bytes read_document(ImageSource& source, const Descriptor& document, const std::string& name);

}  // namespace imgcrypt
