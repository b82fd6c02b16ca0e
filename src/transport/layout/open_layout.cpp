#include "transport/layout/open_layout.hpp"

#include "transport/layout/layout_destination.hpp"
#include "transport/layout/layout_place.hpp"
#include "transport/layout/layout_source.hpp"
#include "transport/layout/layout_store.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace imgcrypt {
namespace {

// Null for an image that is not in a layout.
const LayoutReference* layout_of(const Reference& reference) {
  return std::get_if<LayoutReference>(&reference.parts());
}

// Not by path: links, `..` and a bind mount lead to one layout under several names.
bool is_same_layout(const LayoutReference& one, const LayoutReference& other) {
  std::error_code none;
  return std::filesystem::equivalent(one.directory, other.directory, none);
}

bool is_same_name(const LayoutReference& one, const LayoutReference& other) {
  return one.tag == other.tag && one.digest == other.digest && one.position == other.position;
}

EntryTarget target_of(const LayoutReference& destination, const std::optional<Origin>& origin) {
  EntryTarget target{.name = destination.name()};
  const LayoutReference* read = origin ? layout_of(origin->reference) : nullptr;
  if (read == nullptr || !is_same_layout(destination, *read)) return target;
  target.own = origin->root.descriptor;
  if (!is_same_name(destination, *read)) return target;
  target.place = EntryTarget::Place::kInPlace;
  return target;
}

}  // namespace

std::unique_ptr<ImageSource> open_source(const LayoutReference& reference, const TransportOptions& options) {
  refuse_unwritable_tag(reference.name());
  return std::make_unique<LayoutSource>(reference, options.links, options.is_wanted);
}

std::unique_ptr<ImageDestination> open_destination(const LayoutReference& reference,
                                                   const TransportOptions& options) {
  EntryTarget target = target_of(reference, options.origin);
  LayoutDestinationOptions how;
  how.is_source = target.own.has_value();
  how.links = how.is_source ? options.links : Links::kRefuse;
  how.warn = options.warn;
  return std::make_unique<LayoutDestination>(std::move(target), std::move(how));
}

std::unique_ptr<SharedStore> open_shared_store(const LayoutReference& reference,
                                               const TransportOptions& options) {
  EntryTarget target = target_of(reference, options.origin);
  const Links links = target.own ? options.links : Links::kRefuse;
  return std::make_unique<LayoutStore>(std::move(target), links, options.warn);
}

Reference written_reference(const LayoutReference& destination, const Origin& origin) {
  LayoutReference name = destination;
  if (target_of(destination, origin).place != EntryTarget::Place::kInPlace) return Reference(destination);
  name.position.reset();
  name.digest.reset();
  if (name.tag.empty()) name.tag = tag_of(origin.root.descriptor).value_or("");
  // The digest alone names it as well, and what is printed must be of use as a reference.
  if (!is_ref_name(name.tag)) name.tag.clear();
  return Reference(std::move(name));
}

bool would_replace(const LayoutReference& destination, const Origin& origin) {
  const EntryTarget target = target_of(destination, origin);
  if (!target.own) return false;
  const auto entries = read_entries(LayoutDirectory(target.name.path));
  const auto replaced = entries_to_replace(target, entries);
  return std::ranges::any_of(replaced, [&](std::size_t at) {
    return entries[at].descriptor->digest == origin.root.descriptor.digest;
  });
}

std::vector<ListedImage> listed_images(const std::vector<LayoutEntry>& entries) {
  std::vector<ListedImage> images;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    ListedImage image;
    image.position = i;
    image.root = entries[i].descriptor;
    image.problem = entries[i].problem;
    image.usable_name = usable_name_of(entries, i);
    if (image.root) {
      image.tag = tag_of(*image.root);
      image.name = image_name_of(*image.root);
    }
    images.push_back(std::move(image));
  }
  return images;
}

std::vector<ListedImage> list_images(const LayoutReference& reference, const TransportOptions& options) {
  if (!reference.tag.empty() || reference.digest || reference.position) {
    throw Error(ErrorCode::kUsage, reference.string() + " names one image, not a whole store",
                "write oci:" + reference.directory);
  }
  refuse_unwritable_tag(reference.name());
  return listed_images(read_entries(LayoutDirectory(reference.directory, options.links)));
}

}  // namespace imgcrypt
