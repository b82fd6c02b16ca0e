#include "image/tree/diff_ids.hpp"

#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

std::vector<std::optional<Digest>> diff_ids_of(Configs& configs, const ImageNode& node,
                                               const Manifest& manifest) {
  const auto config = configs.of(manifest);
  if (config && config->diff_ids_problem) throw Error(*config->diff_ids_problem);
  if (!config || config->diff_ids.empty()) return {};
  // Builders differ: some configs count every blob of the manifest, others only layers of the root file
  // system.
  const auto count = static_cast<std::size_t>(std::ranges::count_if(manifest.layers(), is_image_layer));
  if (config->diff_ids.size() == manifest.layers().size())
    return {config->diff_ids.begin(), config->diff_ids.end()};
  // Pairing by guess would let a layer pass as another one: with any other number the image is refused.
  if (config->diff_ids.size() != count) {
    throw Error(ErrorCode::kIntegrity,
                node.place + " has " + counted(manifest.layers().size(), "layer") + ", but its config has " +
                    counted(config->diff_ids.size(), "diff_id"),
                "rebuild the image: without them nobody can tell whether a layer belongs to it");
  }
  std::vector<std::optional<Digest>> diff_ids;
  auto next = config->diff_ids.begin();
  for (const Descriptor& layer : manifest.layers())
    diff_ids.push_back(is_image_layer(layer) ? std::optional(*next++) : std::nullopt);
  return diff_ids;
}

std::string unreadable_diff_ids(const ImageNode& node, const Error& problem) {
  return node.place + ": " + problem.message() + ": nobody can compare its layers with them";
}

void check_diff_id(const Digest& expected, const LayerContent& found) {
  if (expected == found.diff_id) return;
  if (!found.foreign_compression.empty()) {
    throw Error(ErrorCode::kRefused,
                "the layer is compressed with " + std::string(found.foreign_compression) +
                    ", so that its diff_id cannot be checked",
                "images have layers of gzip, zstd or plain tar: build the image again, or decrypt it "
                "without a check: --diff-ids=never");
  }
  throw Error(ErrorCode::kIntegrity,
              "the layer does not belong to this image: its diff_id is " + found.diff_id.string() +
                  ", but the config says " + expected.string(),
              "somebody may have replaced the layer: fetch the image again from where it was encrypted");
}

void check_diff_ids(const ExpectedDiffIds& expected, const std::string& place, const LayerContent& found) {
  for (const auto& [diff_id, where] : expected) {
    try {
      check_diff_id(diff_id, found);
    } catch (const Error& error) {
      if (where == place) throw;
      throw error.in("the same blob is " + where);
    }
  }
}

}  // namespace imgcrypt
