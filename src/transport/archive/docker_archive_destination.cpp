#include "transport/archive/docker_archive_destination.hpp"

#include "oci/media_types.hpp"
#include "transport/archive/docker_images.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// skopeo's names. Docker takes layers that are packed as well, whatever they are called.
std::string docker_member_of(const Digest& digest, const std::string& media_type) {
  return digest.hex() + (is_image_config(media_type) ? ".json" : ".tar");
}

[[noreturn]] void refuse_image(const ArchiveReference& name, const std::string& why,
                               const std::string& hint) {
  throw Error(ErrorCode::kRefused, "destination " + name.string() + ": " + why, hint);
}

// An attestation beside an image is a manifest too, but not one of layers.
bool is_of_layers(const std::vector<std::string>& types) {
  return std::ranges::all_of(types, [](const std::string& type) {
    return is_plain_layer(oci_type(type).value_or(type)) || is_encrypted(type) || is_nondistributable(type);
  });
}

// A tag alone is not the name of a repository.
std::string name_in_list(const ArchiveTarget& target) {
  if (!target.name.tag.empty()) return full_image_name(target.name.tag);
  if (target.inherited.image_name) return *target.inherited.image_name;
  const std::string tag = target.inherited.tag.value_or("");
  return tag.find('/') == std::string::npos ? "" : full_image_name(tag);
}

std::vector<std::string> types_of(const Manifest& manifest) {
  std::vector<std::string> types;
  for (const Descriptor& layer : manifest.layers()) types.push_back(layer.media_type);
  return types;
}

}  // namespace

DockerArchiveDestination::DockerArchiveDestination(ArchiveTarget target,
                                                   const std::filesystem::path& temporary_directory,
                                                   Warn warn)
    : target_(std::move(target)),
      temporary_directory_(temporary_directory),
      warn_(std::move(warn)),
      output_(target_.name, temporary_directory, docker_member_of) {
  require_writable_name(target_);
}

void DockerArchiveDestination::check() {
  output_.check();
  (void)image_to_replace();
}

std::optional<Descriptor> DockerArchiveDestination::image_to_replace() const {
  if (!output_.replaces_file()) return std::nullopt;
  return only_image(target_, read_existing(target_, temporary_directory_));
}

void DockerArchiveDestination::expect(const ExpectedImage& image) {
  const char* const other = "write oci-archive:FILE, which holds every image";
  std::size_t images = 0;
  for (const auto& types : image.manifests) {
    if (std::ranges::any_of(types, is_encrypted))
      refuse_image(target_.name, "Docker's archives cannot hold encrypted layers", other);
    if (std::ranges::any_of(types, is_nondistributable))
      refuse_image(target_.name, "Docker's archives cannot hold layers that are elsewhere", other);
    if (is_of_layers(types)) ++images;
  }
  if (images == 0) refuse_image(target_.name, "Docker's archives hold images only", other);
  if (images > 1)
    refuse_image(target_.name, "Docker's archives hold images of one platform only",
                 "choose one with --platform and leave out the others, or " + std::string(other));
  output_.plan(image.blobs);
}

void DockerArchiveDestination::put_document(const Descriptor& descriptor, std::string_view text) {
  if (!is_index(descriptor.media_type)) manifests_.push_back(Manifest::parse(std::string(text)));
}

std::string DockerArchiveDestination::docker_list() const {
  const auto image = std::ranges::find_if(
      manifests_, [](const Manifest& manifest) { return is_of_layers(types_of(manifest)); });
  if (image == manifests_.end()) refuse_image(target_.name, "Docker's archives hold images only", "");
  const Descriptor& config = image->config();
  std::string layers;
  for (const Descriptor& layer : image->layers())
    layers += (layers.empty() ? "\"" : ",\"") + docker_member_of(layer.digest, layer.media_type) + "\"";
  const std::string name = name_in_list(target_);
  return R"([{"Config":")" + docker_member_of(config.digest, config.media_type) + R"(","RepoTags":[)" +
         (name.empty() ? "" : quote_json(name)) + R"(],"Layers":[)" + layers + "]}]";
}

std::optional<Digest> DockerArchiveDestination::named_now() {
  const auto image = image_to_replace();
  return image ? std::optional(image->digest) : std::nullopt;
}

std::optional<Digest> DockerArchiveDestination::commit(const RootDescriptor& /*root*/) {
  output_.lock(warn_);
  // What is written has another digest than the image that it was made of: whether they were equal is not
  // known.
  const auto replaced = named_now();
  output_.commit({{"manifest.json", docker_list()}});
  return replaced;
}

}  // namespace imgcrypt
