#include "oci/media_types.hpp"

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
constexpr std::string_view kDockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr std::string_view kDockerGzipLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
constexpr std::string_view kOciGzipLayer = "application/vnd.oci.image.layer.v1.tar+gzip";
constexpr std::string_view kSuffix = "+encrypted";

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

bool is_docker_document(std::string_view media_type) {
  return media_type == kDockerManifest || media_type == kDockerIndex;
}

bool is_plain_layer(std::string_view media_type) {
  return std::ranges::find(kPlainLayers, media_type) != kPlainLayers.end();
}

bool is_nondistributable(std::string_view media_type) {
  return media_type.find(".layer.nondistributable.") != std::string_view::npos;
}

bool is_encrypted(std::string_view media_type) { return media_type.ends_with(kSuffix); }

std::string encrypted_type(std::string_view plain) { return std::string(plain) + std::string(kSuffix); }

std::string decrypted_type(std::string_view encrypted) {
  const std::string_view plain = encrypted.substr(0, encrypted.size() - kSuffix.size());
  return std::string(plain == kDockerGzipLayer ? kOciGzipLayer : plain);
}

}  // namespace imgcrypt
