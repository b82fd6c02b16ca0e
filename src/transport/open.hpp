// From a reference to the transport that reads or writes it.
#pragma once

#include "oci/reference.hpp"
#include "transport/image_store.hpp"

#include <memory>

namespace imgcrypt {

[[nodiscard]] std::unique_ptr<ImageSource> open_source(const Reference& reference);
[[nodiscard]] std::unique_ptr<ImageDestination> open_destination(const Reference& reference);
// To write over the image of that digest: commit() fails when the name is another's by then.
[[nodiscard]] std::unique_ptr<ImageDestination> open_in_place_of(const Reference& reference,
                                                                 const Digest& image);

}  // namespace imgcrypt
