#include "transport/open.hpp"

#include "transport/layout/layout_destination.hpp"
#include "transport/layout/layout_source.hpp"

namespace imgcrypt {

std::unique_ptr<ImageSource> open_source(const Reference& reference) {
  return std::make_unique<OciLayoutSource>(reference);
}

std::unique_ptr<ImageDestination> open_destination(const Reference& reference) {
  return std::make_unique<OciLayoutDestination>(reference);
}

std::unique_ptr<ImageDestination> open_in_place_of(const Reference& reference, const Digest& image) {
  return std::make_unique<OciLayoutDestination>(reference, image);
}

}  // namespace imgcrypt
