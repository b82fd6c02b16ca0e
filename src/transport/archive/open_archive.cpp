#include "transport/archive/open_archive.hpp"

#include "transport/archive/archive_source.hpp"

#include <filesystem>
#include <system_error>

namespace imgcrypt {
namespace {

bool is_same_file(const ArchiveReference& one, const Reference& other) {
  const auto* read = std::get_if<ArchiveReference>(&other.parts());
  std::error_code none;
  return read != nullptr && !one.is_stream() && std::filesystem::equivalent(one.file, read->file, none);
}

}  // namespace

std::unique_ptr<ImageSource> open_source(const ArchiveReference& reference, const TransportOptions& options) {
  return std::make_unique<ArchiveSource>(ArchiveContents::read(reference, options.temporary_directory),
                                         reference, options.is_wanted);
}

std::unique_ptr<ImageDestination> open_destination(const ArchiveReference& reference,
                                                   const TransportOptions& /*options*/) {
  throw Error(ErrorCode::kUsage, "destination " + reference.string() + ": archives can only be read",
              "write to oci:DIR:TAG");
}

std::unique_ptr<SharedStore> open_shared_store(const ArchiveReference& /*reference*/,
                                               const TransportOptions& /*options*/) {
  return nullptr;
}

// In place by what the image is called, since it gets another digest.
Reference written_reference(const ArchiveReference& destination, const Origin& origin) {
  ArchiveReference name = destination;
  if (!is_same_file(destination, origin.reference)) return Reference(std::move(name));
  name.position.reset();
  name.digest.reset();
  return Reference(std::move(name));
}

bool would_replace(const ArchiveReference& destination, const Origin& origin) {
  return is_same_file(destination, origin.reference);
}

std::vector<ListedImage> list_images(const ArchiveReference& reference, const TransportOptions& options) {
  if (!reference.tag.empty() || reference.digest || reference.position) {
    throw Error(ErrorCode::kUsage, reference.string() + " names one image, not a whole archive",
                "write " + reference.name().store());
  }
  const ArchiveContents contents = ArchiveContents::read(reference, options.temporary_directory);
  std::vector<ListedImage> images;
  for (const LayoutEntry& entry : contents.entries) {
    ListedImage image{images.size(), std::nullopt, std::nullopt, entry.descriptor, entry.problem};
    if (entry.descriptor) {
      image.tag = tag_of(*entry.descriptor);
      image.name = image_name_of(*entry.descriptor);
    }
    images.push_back(std::move(image));
  }
  for (const auto& [name, position] : contents.more_names)
    images.push_back({position, std::nullopt, name, contents.entries[position].descriptor, std::nullopt});
  return images;
}

}  // namespace imgcrypt
