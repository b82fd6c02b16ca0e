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

// Remembers of a blob that passes what a reader will find.
class SeenSource final : public Source {
 public:
  explicit SeenSource(Source& inner) : inner_(inner) {}

  std::optional<Chunk> next() override {
    auto chunk = inner_.next();
    if (!chunk) return chunk;
    const ByteView bytes = chunk->view();
    hasher_.update(bytes);
    size_ += bytes.size();
    begin_ += as_text(bytes.first(std::min(bytes.size(), kMagicBytes - begin_.size())));
    return chunk;
  }

  // After the end.
  Descriptor seen() {
    return {docker_layer_type(begin_),
            Digest::from_hash(HashAlgorithm::kSha256, hasher_.finish()),
            size_,
            {},
            std::nullopt};
  }

 private:
  static constexpr std::size_t kMagicBytes = 4;

  Source& inner_;
  Hasher hasher_{HashAlgorithm::kSha256};
  std::uint64_t size_ = 0;
  std::string begin_;
};

}  // namespace

DockerArchiveDestination::DockerArchiveDestination(ArchiveTarget target,
                                                   const std::filesystem::path& temporary_directory,
                                                   Warn warn)
    : target_(std::move(target)),
      temporary_directory_(temporary_directory),
      warn_(std::move(warn)),
      output_(target_.name, temporary_directory, docker_member_of) {
  require_writable_name(target_);
  if (!target_.own && !target_.name.tag.empty() && !is_docker_name(target_.name.tag)) {
    throw Error(ErrorCode::kUsage,
                "destination " + target_.name.string() + ": Docker could not load an image of this name",
                "write NAME:TAG, the name in lower case: app:1 or HOST/app:1");
  }
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
  for (const auto& types : image.manifests) {
    if (std::ranges::any_of(types, is_encrypted))
      refuse_image(target_.name, "Docker's archives cannot hold encrypted layers", other);
    if (std::ranges::any_of(types, is_nondistributable))
      refuse_image(target_.name, "Docker's archives cannot hold layers that are elsewhere", other);
  }
  if (std::ranges::none_of(image.manifests, is_of_layers))
    refuse_image(target_.name, "Docker's archives hold images only", other);
  if (image.manifests.size() > 1)
    refuse_image(target_.name, "Docker's archives hold images of one platform only",
                 "choose one with --platform and leave out the others, or " + std::string(other));
  output_.plan(image.blobs);
}

void DockerArchiveDestination::put_document(const Descriptor& descriptor, std::string_view text) {
  if (!is_index(descriptor.media_type)) image_ = Manifest::parse(std::string(text));
}

Digest DockerArchiveDestination::put_blob(const BlobInfo& info, Source& content) {
  SeenSource seen(content);
  Digest digest = output_.writer().put(info, seen);
  const std::scoped_lock lock(mutex_);
  seen_.insert_or_assign(digest, seen.seen());
  return digest;
}

Descriptor DockerArchiveDestination::root_when_read() const {
  std::vector<Descriptor> layers;
  for (const Descriptor& layer : image_->layers()) layers.push_back(seen_.at(layer.digest));
  const std::string manifest = docker_manifest(seen_.at(image_->config().digest), layers);
  return {std::string(kOciManifest), Digest::of(as_bytes(manifest)), manifest.size(), {}, std::nullopt};
}

std::string DockerArchiveDestination::docker_list() const {
  const Descriptor& config = image_->config();
  std::string layers;
  for (const Descriptor& layer : image_->layers())
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
  const auto replaced = named_now();
  const Descriptor made = root_when_read();
  output_.commit({{"manifest.json", docker_list()}});
  remade_ = made;
  return replaced == made.digest ? std::nullopt : replaced;
}

}  // namespace imgcrypt
