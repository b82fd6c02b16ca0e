#include "transport/open.hpp"

#include "transport/archive/open_archive.hpp"
#include "transport/dir/open_dir.hpp"
#include "transport/layout/open_layout.hpp"
#include "transport/registry/open_registry.hpp"

// Each transport has the same functions, for its own kind of reference.
namespace imgcrypt {

std::unique_ptr<ImageSource> open_source(const Reference& reference, const TransportOptions& options) {
  return std::visit([&](const auto& parts) { return open_source(parts, options); }, reference.parts());
}

std::unique_ptr<ImageDestination> open_destination(const Reference& reference,
                                                   const TransportOptions& options) {
  return std::visit([&](const auto& parts) { return open_destination(parts, options); }, reference.parts());
}

std::unique_ptr<SharedStore> open_shared_store(const Reference& reference, const TransportOptions& options) {
  return std::visit([&](const auto& parts) { return open_shared_store(parts, options); }, reference.parts());
}

Reference written_reference(const Reference& destination, const Origin& origin) {
  return std::visit([&](const auto& parts) { return written_reference(parts, origin); }, destination.parts());
}

bool would_replace(const Reference& destination, const Origin& origin) {
  return std::visit([&](const auto& parts) { return would_replace(parts, origin); }, destination.parts());
}

std::vector<ListedImage> list_images(const Reference& reference, const TransportOptions& options) {
  return std::visit([&](const auto& parts) { return list_images(parts, options); }, reference.parts());
}

}  // namespace imgcrypt
