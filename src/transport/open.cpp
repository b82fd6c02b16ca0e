#include "transport/open.hpp"

#include "transport/layout/layout_destination.hpp"
#include "transport/layout/layout_source.hpp"
#include "transport/layout/layout_store.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace imgcrypt {
namespace {

const LayoutReference& layout_of(const Reference& reference) {
  return std::get<LayoutReference>(reference.parts());
}

// Not by path: links, `..` and a bind mount lead to one layout under several names.
bool is_same_layout(const LayoutReference& one, const LayoutReference& other) {
  std::error_code none;
  return std::filesystem::equivalent(one.directory, other.directory, none);
}

bool is_same_name(const LayoutReference& one, const LayoutReference& other) {
  return one.tag == other.tag && one.digest == other.digest && one.position == other.position;
}

LayoutTarget target_of(const Reference& destination, const std::optional<Origin>& origin) {
  LayoutTarget target{.name = layout_of(destination)};
  if (!origin || !is_same_layout(target.name, layout_of(origin->reference))) return target;
  target.own = origin->root.descriptor;
  if (!is_same_name(target.name, layout_of(origin->reference))) return target;
  target.place = LayoutTarget::Place::kInPlace;
  return target;
}

}  // namespace

std::unique_ptr<ImageSource> open_source(const Reference& reference, const TransportOptions& options) {
  return std::make_unique<LayoutSource>(layout_of(reference), options.links, options.is_wanted);
}

std::unique_ptr<ImageDestination> open_destination(const Reference& reference,
                                                   const TransportOptions& options) {
  LayoutTarget target = target_of(reference, options.origin);
  LayoutDestinationOptions how;
  how.is_source = target.own.has_value();
  how.links = how.is_source ? options.links : Links::kRefuse;
  how.warn = options.warn;
  return std::make_unique<LayoutDestination>(std::move(target), std::move(how));
}

std::unique_ptr<SharedStore> open_shared_store(const Reference& reference, const TransportOptions& options) {
  LayoutTarget target = target_of(reference, options.origin);
  const Links links = target.own ? options.links : Links::kRefuse;
  return std::make_unique<LayoutStore>(std::move(target), links, options.warn);
}

Reference written_reference(const Reference& destination, const Origin& origin) {
  LayoutReference name = layout_of(destination);
  if (target_of(destination, origin).place != LayoutTarget::Place::kInPlace) return destination;
  name.position.reset();
  name.digest.reset();
  if (name.tag.empty()) name.tag = tag_of(origin.root.descriptor).value_or("");
  return Reference(std::move(name));
}

bool would_replace(const Reference& destination, const Origin& origin) {
  const LayoutTarget target = target_of(destination, origin);
  if (!target.own) return false;
  const auto entries = read_entries(LayoutDirectory(target.name.directory));
  const auto replaced = entries_to_replace(target, entries);
  return std::ranges::any_of(replaced, [&](std::size_t at) {
    return entries[at].descriptor->digest == origin.root.descriptor.digest;
  });
}

std::vector<ListedImage> list_images(const Reference& reference, const TransportOptions& options) {
  const LayoutReference& name = layout_of(reference);
  if (!name.tag.empty() || name.digest || name.position) {
    throw Error(ErrorCode::kUsage, reference.string() + " names one image, not a whole store",
                "write oci:" + name.directory);
  }
  std::vector<ListedImage> images;
  for (const LayoutEntry& entry : read_entries(LayoutDirectory(name.directory, options.links))) {
    ListedImage image{images.size(), std::nullopt, std::nullopt, entry.descriptor, entry.problem};
    if (entry.descriptor) {
      image.tag = tag_of(*entry.descriptor);
      image.name = image_name_of(*entry.descriptor);
    }
    images.push_back(std::move(image));
  }
  return images;
}

}  // namespace imgcrypt
