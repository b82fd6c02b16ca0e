// From a reference to the transport that reads or writes it.
#pragma once

#include "oci/reference.hpp"
#include "transport/image_store.hpp"

#include <memory>

namespace imgcrypt {

[[nodiscard]] std::unique_ptr<ImageSource> open_source(const Reference& reference);
[[nodiscard]] std::unique_ptr<ImageDestination> open_destination(const Reference& reference);

}  // namespace imgcrypt
