#include "transport/registry/open_registry.hpp"

#include "transport/registry/registry_client.hpp"
#include "transport/registry/registry_destination.hpp"
#include "transport/registry/registry_source.hpp"

#include <utility>

namespace imgcrypt {
namespace {

std::string scope_of(const std::string& repository, const std::string& actions) {
  return "repository:" + repository + ":" + actions;
}

std::unique_ptr<RegistryClient> reading_client(const RegistryReference& image,
                                               const TransportOptions& options) {
  return std::make_unique<RegistryClient>(image, options.registry,
                                          std::set{scope_of(image.repository, "pull")});
}

RegistryTarget target_of(const RegistryReference& destination, const std::optional<Origin>& origin) {
  RegistryTarget target{.name = destination};
  const auto* read = origin ? std::get_if<RegistryReference>(&origin->reference.parts()) : nullptr;
  if (read == nullptr || read->host != destination.host) return target;
  target.source_repository = read->repository;
  const bool is_in_place = read->repository == destination.repository && read->tag == destination.tag &&
                           read->digest == destination.digest;
  if (is_in_place) target.replaced = origin->root.descriptor.digest;
  return target;
}

}  // namespace

std::unique_ptr<ImageSource> open_source(const RegistryReference& reference,
                                         const TransportOptions& options) {
  return RegistrySource::open_image(reading_client(reference, options));
}

std::unique_ptr<ImageDestination> open_destination(const RegistryReference& reference,
                                                   const TransportOptions& options) {
  RegistryTarget target = target_of(reference, options.origin);
  target.temporary_directory = options.temporary_directory;
  // Asked for together, so that one token does: what is mounted must be readable.
  std::set<std::string> scopes{scope_of(reference.repository, "pull,push")};
  const auto& from = target.source_repository;
  if (from && *from != reference.repository) scopes.insert(scope_of(*from, "pull"));
  return std::make_unique<RegistryDestination>(
      std::make_unique<RegistryClient>(reference, options.registry, std::move(scopes)), std::move(target));
}

std::unique_ptr<SharedStore> open_shared_store(const RegistryReference& /*reference*/,
                                               const TransportOptions& /*options*/) {
  return nullptr;
}

Reference written_reference(const RegistryReference& destination, const Origin& /*origin*/) {
  return Reference(
      RegistryReference{destination.host, destination.repository, destination.tag, std::nullopt});
}

// By its digest an image stays readable, so only the tag that it was read by counts.
bool would_replace(const RegistryReference& destination, const Origin& origin) {
  const auto* read = std::get_if<RegistryReference>(&origin.reference.parts());
  return read != nullptr && read->host == destination.host && read->repository == destination.repository &&
         !destination.tag.empty() && read->tag == destination.tag;
}

std::vector<ListedImage> list_images(const RegistryReference& reference, const TransportOptions& options) {
  if (!reference.tag.empty() || reference.digest)
    throw Error(ErrorCode::kUsage, reference.string() + " names one image, not a whole repository",
                "write docker://" + reference.host + "/" + reference.repository);
  std::vector<ListedImage> images;
  for (const std::string& tag : reading_client(reference, options)->tags())
    images.push_back({.position = images.size(),
                      .tag = tag,
                      .name = std::nullopt,
                      .usable_name = tag,
                      .root = std::nullopt,
                      .problem = std::nullopt});
  return images;
}

}  // namespace imgcrypt
