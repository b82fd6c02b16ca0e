// Images put together piece by piece in a store. Each piece is named by its descriptor; make_root() makes a
// piece the image.
#pragma once

#include "oci/manifest.hpp"
#include "oci/media_types.hpp"
#include "support/memory_store.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace imgcrypt::test {

inline constexpr const char* kTar = "application/vnd.oci.image.layer.v1.tar";
inline constexpr const char* kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr const char* kDockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr const char* kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr const char* kDockerConfig = "application/vnd.docker.container.image.v1+json";
inline constexpr const char* kInToto = "application/vnd.in-toto+json";

inline const Platform kAmd64 = {"linux", "amd64", ""};
inline const Platform kArm64 = {"linux", "arm64", ""};
inline const Platform kArmV8 = {"linux", "arm64", "v8"};

using Json = nlohmann::ordered_json;

inline Json to_json(const Descriptor& descriptor) {
  Json json;
  if (!descriptor.media_type.empty()) json["mediaType"] = descriptor.media_type;
  json["digest"] = descriptor.digest.string();
  json["size"] = descriptor.size;
  if (!descriptor.annotations.empty()) json["annotations"] = descriptor.annotations;
  if (const auto& platform = descriptor.platform) {
    json["platform"] = {{"os", platform->os}, {"architecture", platform->architecture}};
    if (!platform->variant.empty()) json["platform"]["variant"] = platform->variant;
    if (!platform->os_version.empty()) json["platform"]["os.version"] = platform->os_version;
  }
  if (descriptor.has_urls) json["urls"] = {"https://example.com/layer"};
  return json;
}

inline Json to_json(const std::vector<Descriptor>& descriptors) {
  Json list = Json::array();
  for (const Descriptor& descriptor : descriptors) list.push_back(to_json(descriptor));
  return list;
}

inline void make_root(MemoryStore& store, const Descriptor& descriptor) { store.commit({descriptor, {}}); }

// The media type is also in the document.
inline Descriptor add_document(MemoryStore& store, std::string_view media_type, const Json& members) {
  Json document = {{"schemaVersion", 2}, {"mediaType", media_type}};
  document.update(members);
  return store.add(std::string(media_type), document.dump());
}

inline Descriptor add_config(MemoryStore& store, const Platform& platform,
                             const std::vector<Descriptor>& layers, const char* media_type = kOciConfig) {
  Json diff_ids = Json::array();
  for (const Descriptor& layer : layers) diff_ids.push_back(layer.digest.string());
  const Json config = {{"os", platform.os},
                       {"architecture", platform.architecture},
                       {"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}};
  return store.add(media_type, config.dump());
}

inline Descriptor add_manifest(MemoryStore& store, const Descriptor& config,
                               const std::vector<Descriptor>& layers,
                               std::string_view media_type = kOciManifest) {
  return add_document(store, media_type, {{"config", to_json(config)}, {"layers", to_json(layers)}});
}

inline Descriptor add_index(MemoryStore& store, const std::vector<Descriptor>& manifests,
                            std::string_view media_type = kOciIndex) {
  return add_document(store, media_type, {{"manifests", to_json(manifests)}});
}

// Long enough that no two ciphertexts are equal by chance.
inline std::string layer_content(const std::string& name) { return name + std::string(16, '.'); }

// Layers that are not compressed, so that each is its own diff_id. The platform is in the descriptor.
inline Descriptor add_image(MemoryStore& store, const Platform& platform,
                            const std::vector<std::string>& contents) {
  std::vector<Descriptor> layers;
  for (const std::string& content : contents) layers.push_back(store.add(kTar, layer_content(content)));
  Descriptor manifest = add_manifest(store, add_config(store, platform, layers), layers);
  manifest.platform = platform;
  return manifest;
}

// As BuildKit writes it.
inline Descriptor add_attestation(MemoryStore& store, const Descriptor& subject) {
  const Descriptor statement = store.add(kInToto, "statement of " + subject.digest.string());
  const Platform unknown = {"unknown", "unknown", ""};
  Descriptor manifest = add_manifest(store, add_config(store, unknown, {statement}), {statement});
  manifest.platform = unknown;
  manifest.annotations = {{"vnd.docker.reference.digest", subject.digest.string()},
                          {"vnd.docker.reference.type", "attestation-manifest"}};
  return manifest;
}

// A document about another one (`subject`), such as a signature.
inline Descriptor add_artifact(MemoryStore& store, const Descriptor& subject) {
  const Descriptor empty = store.add("application/vnd.oci.empty.v1+json", "{}");
  return add_document(store, kOciManifest,
                      {{"artifactType", "application/vnd.example.signature"},
                       {"config", to_json(empty)},
                       {"layers", to_json(std::vector{empty})},
                       {"subject", to_json(subject)}});
}

inline Json document_of(const MemoryStore& store, const Digest& digest) {
  return Json::parse(store.blobs.at(digest));
}
inline Json root_of(const MemoryStore& store) { return document_of(store, store.root().descriptor.digest); }
// The child at this position of an index.
inline Json child_of(const MemoryStore& store, const Json& index, std::size_t position) {
  return document_of(store,
                     Digest::parse(index.at("manifests").at(position).at("digest").get<std::string>()));
}

// The media types of a manifest's layers, bottom first.
inline std::vector<std::string> layer_types(const Json& manifest) {
  std::vector<std::string> types;
  for (const Json& layer : manifest.at("layers")) types.push_back(layer.at("mediaType").get<std::string>());
  return types;
}

// Which layers are encrypted, bottom first: "e" or "-" for each.
inline std::string encryption_of(const Json& manifest) {
  std::string letters;
  for (const std::string& type : layer_types(manifest)) letters += is_encrypted(type) ? "e" : "-";
  return letters;
}

}  // namespace imgcrypt::test
