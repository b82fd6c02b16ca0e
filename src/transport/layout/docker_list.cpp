#include "transport/layout/docker_list.hpp"

#include "base/text/json.hpp"
#include "oci/manifest.hpp"

namespace imgcrypt {
namespace {

// "blobs/sha256/<hex>" as a digest.
std::optional<Digest> digest_of(std::string path) {
  constexpr std::string_view kBlobs = "blobs/";
  if (!path.starts_with(kBlobs)) return std::nullopt;
  path.erase(0, kBlobs.size());
  const std::size_t slash = path.find('/');
  if (slash == std::string::npos) return std::nullopt;
  path[slash] = ':';
  return Digest::parse_if_valid(path);
}

}  // namespace

std::optional<std::string> read_docker_list(const LayoutDirectory& directory) {
  const auto file = open_regular_file(directory.fd(), kDockerList);
  if (!file) return std::nullopt;
  const std::string path = directory.path() + "/" + kDockerList;
  const Bytes bytes = read_all(file->get(), kMostDocumentBytes, path);
  return checked_json(bytes, path);
}

std::set<Digest> blobs_of_docker_list(const std::string& list) {
  std::set<Digest> blobs;
  const auto add = [&](const JsonView& path) {
    if (const auto digest = digest_of(path.string())) blobs.insert(*digest);
  };
  for (const JsonView& image : JsonView(list).elements()) {
    add(image.get("Config"));
    if (const auto layers = image.find("Layers")) {
      for (const JsonView& layer : layers->elements()) add(layer);
    }
  }
  return blobs;
}

std::optional<std::string> without_images(const std::string& list, const std::set<Digest>& configs) {
  std::string left;
  bool is_changed = false;
  for (const JsonView& image : JsonView(list).elements()) {
    const auto config = digest_of(image.get("Config").string());
    if (config && configs.contains(*config)) {
      is_changed = true;
    } else {
      left += (left.empty() ? "" : ",") + std::string(image.text());
    }
  }
  if (!is_changed) return list;
  return left.empty() ? std::nullopt : std::optional("[" + left + "]");
}

}  // namespace imgcrypt
