#include "oci/media_types.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view kDockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
constexpr std::string_view kSuffix = "+encrypted";

// Docker has no manifest for zstd, but BuildKit writes the type. Schema 1 is not here: it cannot be converted
// by names.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kDockerTypes = {{
    {kDockerManifest, kOciManifest},
    {kDockerIndex, kOciIndex},
    {"application/vnd.docker.container.image.v1+json", kOciConfig},
    {"application/vnd.docker.image.rootfs.diff.tar", "application/vnd.oci.image.layer.v1.tar"},
    {"application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.oci.image.layer.v1.tar+gzip"},
    {"application/vnd.docker.image.rootfs.diff.tar.zstd", "application/vnd.oci.image.layer.v1.tar+zstd"},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar",
     "application/vnd.oci.image.layer.nondistributable.v1.tar"},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
     "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"},
}};

constexpr std::array<std::string_view, 6> kPlainLayers = {
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
};

}  // namespace

bool is_manifest(std::string_view media_type) {
  return media_type == kOciManifest || media_type == kDockerManifest;
}
bool is_index(std::string_view media_type) { return media_type == kOciIndex || media_type == kDockerIndex; }

bool names_blobs(std::string_view media_type) {
  const auto has = [&](std::string_view word) { return media_type.find(word) != std::string_view::npos; };
  return (has(".manifest.") || has(".index.")) && !is_manifest(media_type) && !is_index(media_type);
}

std::optional<std::string> oci_type(std::string_view docker) {
  const auto found =
      std::ranges::find(kDockerTypes, docker, &std::pair<std::string_view, std::string_view>::first);
  return found == kDockerTypes.end() ? std::nullopt : std::optional(std::string(found->second));
}

bool is_image_config(std::string_view media_type) {
  return media_type == kOciConfig || oci_type(media_type) == kOciConfig;
}

bool is_plain_layer(std::string_view media_type) {
  return std::ranges::find(kPlainLayers, media_type) != kPlainLayers.end();
}

bool is_nondistributable(std::string_view media_type) {
  return media_type.find(".layer.nondistributable.") != std::string_view::npos;
}

bool is_foreign(const Descriptor& layer) {
  return is_plain_layer(layer.media_type) && is_nondistributable(layer.media_type) && layer.has_urls;
}

bool can_be_encrypted(const Descriptor& layer) {
  return is_plain_layer(layer.media_type) && !is_foreign(layer);
}

bool is_encrypted(std::string_view media_type) { return media_type.ends_with(kSuffix); }

bool is_encrypted_twice(std::string_view media_type) {
  return is_encrypted(media_type) && is_encrypted(media_type.substr(0, media_type.size() - kSuffix.size()));
}

bool is_image_layer(const Descriptor& layer) {
  const std::string& type = layer.media_type;
  return is_plain_layer(type) || is_encrypted(type) || oci_type(type).has_value();
}

std::string encrypted_type(std::string_view plain) { return std::string(plain) + std::string(kSuffix); }

std::string decrypted_type(std::string_view encrypted) {
  const std::string_view plain = encrypted.substr(0, encrypted.size() - kSuffix.size());
  return oci_type(plain).value_or(std::string(plain));
}

}  // namespace imgcrypt
