#include "transport/dir/open_dir.hpp"

#include "transport/dir/dir_destination.hpp"
#include "transport/dir/dir_source.hpp"

#include <filesystem>
#include <system_error>

namespace imgcrypt {

std::unique_ptr<ImageSource> open_source(const DirReference& reference, const TransportOptions& options) {
  return std::make_unique<DirSource>(reference, options.links);
}

std::unique_ptr<ImageDestination> open_destination(const DirReference& reference,
                                                   const TransportOptions& options) {
  std::optional<Digest> own;
  if (options.origin && would_replace(reference, *options.origin))
    own = options.origin->root.descriptor.digest;
  return std::make_unique<DirDestination>(reference, std::move(own), options.warn);
}

std::unique_ptr<SharedStore> open_shared_store(const DirReference& /*reference*/,
                                               const TransportOptions& /*options*/) {
  return nullptr;
}

Reference written_reference(const DirReference& destination, const Origin& /*origin*/) {
  return Reference(destination);
}

bool would_replace(const DirReference& destination, const Origin& origin) {
  const auto* read = std::get_if<DirReference>(&origin.reference.parts());
  std::error_code none;
  return read != nullptr && std::filesystem::equivalent(destination.directory, read->directory, none);
}

std::vector<ListedImage> list_images(const DirReference& reference, const TransportOptions& /*options*/) {
  throw Error(ErrorCode::kUsage, reference.string() + " holds one image, which has no name",
              "look at it with imgcrypt inspect");
}

}  // namespace imgcrypt
