#include "transport/archive/open_archive.hpp"

#include "transport/archive/archive_source.hpp"
#include "transport/archive/docker_archive_destination.hpp"
#include "transport/archive/docker_images.hpp"
#include "transport/archive/oci_archive_destination.hpp"
#include "transport/layout/open_layout.hpp"

#include <filesystem>
#include <system_error>

namespace imgcrypt {
namespace {

// The archive's own reference, if the image that is written was read from it.
const ArchiveReference* same_archive(const ArchiveReference& one, const Reference& other) {
  const auto* read = std::get_if<ArchiveReference>(&other.parts());
  std::error_code none;
  const bool is_same =
      read != nullptr && !one.is_stream() && std::filesystem::equivalent(one.file, read->file, none);
  return is_same ? read : nullptr;
}

// None that holds a digest: what is made of the image has another one.
EntryName name_at(const Origin& origin) {
  if (const auto* registry = std::get_if<RegistryReference>(&origin.reference.parts())) {
    if (registry->tag.empty()) return {};
    return {registry->tag, registry->host + "/" + registry->repository + ":" + registry->tag};
  }
  EntryName name = name_in_source(origin.root);
  // Of several names of an image in Docker's list, the one that was asked for.
  const auto* archive = std::get_if<ArchiveReference>(&origin.reference.parts());
  const bool is_dockers = archive != nullptr && archive->kind == ArchiveReference::Kind::kDocker;
  if (is_dockers && !archive->tag.empty() && archive->tag != name.tag)
    name.image_name = full_image_name(archive->tag);
  const std::string whole = name.image_name ? *name.image_name : name.tag.value_or("");
  return whole.find('@') == std::string::npos ? name : EntryName();
}

ArchiveTarget target_of(const ArchiveReference& destination, const std::optional<Origin>& origin) {
  ArchiveTarget target{.name = destination};
  const ArchiveReference* read = origin ? same_archive(destination, origin->reference) : nullptr;
  const bool is_same_name = read != nullptr && read->tag == destination.tag &&
                            read->digest == destination.digest && read->position == destination.position;
  if (is_same_name) target.own = origin->root.descriptor;
  if (origin && destination.is_stream() && destination.tag.empty()) target.inherited = name_at(*origin);
  return target;
}

}  // namespace

std::unique_ptr<ImageSource> open_source(const ArchiveReference& reference, const TransportOptions& options) {
  return std::make_unique<ArchiveSource>(ArchiveContents::read(reference, options.temporary_directory),
                                         reference, options.is_wanted);
}

std::unique_ptr<ImageDestination> open_destination(const ArchiveReference& reference,
                                                   const TransportOptions& options) {
  ArchiveTarget target = target_of(reference, options.origin);
  if (reference.kind == ArchiveReference::Kind::kDocker)
    return std::make_unique<DockerArchiveDestination>(std::move(target), options.temporary_directory,
                                                      options.warn);
  return std::make_unique<OciArchiveDestination>(std::move(target), options.temporary_directory,
                                                 options.warn);
}

std::unique_ptr<SharedStore> open_shared_store(const ArchiveReference& /*reference*/,
                                               const TransportOptions& /*options*/) {
  return nullptr;
}

// In place by what the image is called, since it gets another digest.
Reference written_reference(const ArchiveReference& destination, const Origin& origin) {
  ArchiveReference name = destination;
  if (!target_of(destination, origin).own) return Reference(std::move(name));
  name.position.reset();
  name.digest.reset();
  if (name.tag.empty()) name.tag = tag_of(origin.root.descriptor).value_or("");
  return Reference(std::move(name));
}

bool would_replace(const ArchiveReference& destination, const Origin& origin) {
  if (same_archive(destination, origin.reference) == nullptr) return false;
  return destination.kind == ArchiveReference::Kind::kDocker || target_of(destination, origin).own ||
         is_under_name(destination, origin.root.descriptor);
}

std::vector<ListedImage> list_images(const ArchiveReference& reference, const TransportOptions& options) {
  if (!reference.tag.empty() || reference.digest || reference.position) {
    throw Error(ErrorCode::kUsage, reference.string() + " names one image, not a whole archive",
                "write " + reference.name().store());
  }
  const ArchiveContents contents = ArchiveContents::read(reference, options.temporary_directory);
  std::vector<ListedImage> images = listed_images(contents.entries);
  for (const auto& [name, position] : contents.more_names)
    images.push_back({.position = position,
                      .tag = std::nullopt,
                      .name = name,
                      .usable_name = name,
                      .root = contents.entries[position].descriptor,
                      .problem = std::nullopt});
  return images;
}

}  // namespace imgcrypt
