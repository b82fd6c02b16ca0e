#include "transport/open.hpp"

#include "transport/layout/layout_destination.hpp"
#include "transport/layout/layout_source.hpp"
#include "transport/layout/layout_store.hpp"

namespace imgcrypt {
namespace {

const LayoutReference& layout_of(const Reference& reference) {
  return std::get<LayoutReference>(reference.parts());
}

}  // namespace

std::unique_ptr<ImageSource> open_source(const Reference& reference, const TransportOptions&) {
  return std::make_unique<LayoutSource>(layout_of(reference));
}

std::unique_ptr<ImageDestination> open_destination(const Reference& reference,
                                                   const TransportOptions& options) {
  LayoutDestinationOptions how;
  // For adopt(): whether both are one directory is found out by the destination.
  if (options.other) how.other = layout_of(*options.other).directory;
  how.in_place_of = options.in_place_of;
  return std::make_unique<LayoutDestination>(layout_of(reference), std::move(how));
}

std::unique_ptr<SharedStore> open_shared_store(const Reference& reference) {
  return std::make_unique<LayoutStore>(layout_of(reference));
}

Reference in_place_reference(const Reference& source, const RootDescriptor& root) {
  return Reference(in_place_reference(layout_of(source), root));
}

bool would_replace(const Reference& destination, const Reference& source) {
  return would_replace(layout_of(destination), layout_of(source));
}

}  // namespace imgcrypt
