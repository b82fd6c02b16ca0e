#include "transport/archive/docker_images.hpp"

#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "transport/registry/registry_reference.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr std::string_view kConfigType = "application/vnd.oci.image.config.v1+json";
constexpr std::string_view kLayerType = "application/vnd.oci.image.layer.v1.tar";
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr const char* kSaveAgain = "save the image again: docker save -o FILE IMAGE";
constexpr std::size_t kMostShown = 200;  // bytes of a name, in messages

std::string count_of_layers(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " layer" : " layers");
}

std::string descriptor_text(std::string_view media_type, const Digest& digest, std::uint64_t size) {
  return R"({"mediaType":")" + std::string(media_type) + R"(","digest":")" + digest.string() +
         R"(","size":)" + std::to_string(size) + "}";
}

std::vector<std::string> strings_of(const JsonView& object, const char* name) {
  std::vector<std::string> strings;
  if (const auto list = object.find(name)) {
    for (const JsonView& element : list->elements()) strings.push_back(element.string());
  }
  return strings;
}

// One image of the list: names of members, and of the image.
struct DockerEntry {
  std::string config;
  std::vector<std::string> layers;
  std::vector<std::string> names;
};

std::vector<DockerEntry> parse_list(const std::string& list, const std::string& what) try {
  const auto images = JsonView(list).elements();
  if (images.size() > kMostManifests)
    throw Error(ErrorCode::kRefused, "more than " + std::to_string(kMostManifests) + " images");
  std::vector<DockerEntry> entries;
  for (const JsonView& image : images)
    entries.push_back(
        {image.get("Config").string(), strings_of(image, "Layers"), strings_of(image, "RepoTags")});
  return entries;
} catch (const Error& error) {
  throw error.in(what + ", manifest.json");
}

class DockerImage {
 public:
  DockerImage(const DockerEntry& image, const std::string& what, ArchiveContents& contents)
      : image_(image), what_(what), contents_(contents) {}

  // Its entry, after its blobs and its manifest were added.
  LayoutEntry add() {
    const std::string manifest = manifest_text();
    const Digest digest = Digest::of(as_bytes(manifest));
    contents_.documents.emplace(digest, manifest);
    std::string raw = descriptor_text(kOciManifest, digest, manifest.size());
    if (const auto& names = image_.names; !names.empty()) {
      const std::string name = full_image_name(names.front());
      raw.insert(raw.size() - 1,
                 R"(,"annotations":{")" + std::string(kImageName) + "\":" + quote_json(name) + "}");
      for (std::size_t i = 1; i < names.size(); ++i)
        contents_.more_names.emplace_back(full_image_name(names[i]), contents_.entries.size());
    }
    check_json(raw);
    LayoutEntry entry{raw, std::nullopt, std::nullopt};
    entry.descriptor = parse_descriptor(JsonView(raw));
    return entry;
  }

 private:
  FileRange member(const std::string& name) const {
    const auto plain = plain_member_name(name);
    const auto found = plain ? contents_.members.find(*plain) : std::nullopt;
    if (!found)
      throw Error(ErrorCode::kIntegrity,
                  what_ + ": manifest.json names the file " + shortened(name, kMostShown) +
                      ", which the archive lacks",
                  kSaveAgain);
    return *found;
  }

  std::string manifest_text() {
    const FileRange range = member(image_.config);
    const Bytes bytes = read_range(contents_.file.get(), range, kMostDocumentBytes, what_ + ", a config");
    const Digest digest = Digest::of(bytes);
    contents_.blobs.insert_or_assign(digest, range);
    return docker_manifest({std::string(kConfigType), digest, range.size, {}, std::nullopt},
                           layers_of(diff_ids_in(bytes)));
  }

  std::vector<Digest> diff_ids_in(const Bytes& config) const try {
    check_json(as_text(config));
    std::vector<Digest> diff_ids;
    for (const std::string& diff_id : strings_of(JsonView(as_text(config)).get("rootfs"), "diff_ids"))
      diff_ids.push_back(Digest::parse(diff_id));
    return diff_ids;
  } catch (const Error& error) {
    throw error.in(what_ + ", " + shortened(image_.config, kMostShown));
  }

  std::vector<Descriptor> layers_of(const std::vector<Digest>& diff_ids) {
    const auto& names = image_.layers;
    if (names.size() != diff_ids.size() || names.size() > kMostLayers) {
      throw Error(ErrorCode::kIntegrity,
                  what_ + ": manifest.json names " + count_of_layers(names.size()) +
                      ", but the image's config counts " + std::to_string(diff_ids.size()),
                  kSaveAgain);
    }
    std::vector<Descriptor> layers;
    for (std::size_t i = 0; i < names.size(); ++i) layers.push_back(layer_at(member(names[i]), diff_ids[i]));
    return layers;
  }

  // Docker writes plain tars, but reads compressed layers too, which other tools write.
  Descriptor layer_at(const FileRange& range, const Digest& diff_id) {
    const Bytes begin =
        read_range(contents_.file.get(), {range.offset, std::min<std::uint64_t>(range.size, 4)}, 4, what_);
    const std::string type = docker_layer_type(as_text(begin));
    const Digest digest = type == kLayerType ? diff_id : digest_of(range, HashAlgorithm::kSha256);
    const auto [known, is_new] = contents_.blobs.try_emplace(digest, range);
    // Of files that are said to be the same layer, the one counts that is it: otherwise a good one would be
    // called damaged for the other.
    if (!is_new && known->second != range && digest_of(range, digest.algorithm()) == digest)
      known->second = range;
    return {type, digest, range.size, {}, std::nullopt};
  }

  Digest digest_of(const FileRange& range, HashAlgorithm algorithm) const {
    ChunkPool pool;
    RangeSource source(contents_.file.get(), range, what_, pool);
    Hasher hasher(algorithm);
    while (const auto chunk = source.next()) hasher.update(chunk->view());
    return Digest::from_hash(algorithm, hasher.finish());
  }

  const DockerEntry& image_;
  const std::string& what_;
  ArchiveContents& contents_;
};

}  // namespace

void add_docker_images(const std::string& list, const std::string& what, ArchiveContents& contents) {
  for (const DockerEntry& image : parse_list(list, what))
    contents.entries.push_back(DockerImage(image, what, contents).add());
}

std::string docker_manifest(const Descriptor& config, const std::vector<Descriptor>& layers) {
  std::string text = R"({"schemaVersion":2,"mediaType":")" + std::string(kOciManifest) + R"(","config":)" +
                     descriptor_text(kConfigType, config.digest, config.size) + R"(,"layers":[)";
  for (std::size_t i = 0; i < layers.size(); ++i)
    text += (i == 0 ? "" : ",") + descriptor_text(layers[i].media_type, layers[i].digest, layers[i].size);
  return text + "]}";
}

std::string docker_layer_type(std::string_view begin) {
  const std::string_view packed = begin.starts_with(kGzipMagic)   ? "+gzip"
                                  : begin.starts_with(kZstdMagic) ? "+zstd"
                                                                  : "";
  return std::string(kLayerType).append(packed);
}

std::string full_image_name(const std::string& name) try {
  return RegistryReference::parse("//" + name).string().substr(std::string_view("docker://").size());
} catch (const Error&) {
  return name;
}

bool is_docker_name(const std::string& name) try {
  // Alone, "my.app:1" could be a registry at port 1; to Docker it is an image of its Hub.
  const std::string host = name.find('/') == std::string::npos ? "docker.io/" : "";
  return !RegistryReference::parse("//" + host + name).digest;
} catch (const Error&) {
  return false;
}

}  // namespace imgcrypt
