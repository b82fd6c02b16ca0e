#include "cli/write/leftovers.hpp"

#include "base/text/short_list.hpp"
#include "cli/json/results.hpp"
#include "image/leftovers.hpp"
#include "image/needed_blobs.hpp"

#include <algorithm>

namespace imgcrypt::cli {
namespace {

std::string count_of(const std::set<Digest>& layers) {
  return std::to_string(layers.size()) + (layers.size() == 1 ? " plain layer" : " plain layers");
}

void warn_of(const std::set<Digest>& leftovers, const std::string& held, const std::string& cure,
             Output& output) {
  if (leftovers.empty()) return;
  output.warn("the destination " + held + " " + count_of(leftovers) +
              " of this image, which everyone can read: " + cure);
  for (const Digest& blob : leftovers) output.detail("plain layer " + blob.string());
}

// Of a store that we cannot tidy up.
std::string cure_elsewhere(const EncryptResult& result, const ImageDestination& destination,
                           const PruneOption& prune) {
  if (destination.former_images() == FormerImages::kShared) return "other images in it need them";
  const std::string cure = "the registry's garbage collection removes them when no image needs them any more";
  return cure + (result.replaced && !prune.deletes_old ? "; --delete-old deletes the former image" : "");
}

// What needs them, or `cure` for what removes them.
std::string why_left(SharedStore& store, const StoreContents& contents, const std::set<Digest>& left,
                     const std::string& cure) {
  const std::set<Digest> needed = needed_blobs(store, contents);
  const std::vector<std::string> holders = holders_of(store, contents, left);
  if (holders.empty()) return cure + (left.size() == 1 ? " removes it" : " removes them");
  if (std::ranges::includes(needed, left))
    return (left.size() == 1 ? "it is needed by " : "they are needed by ") + short_list(holders);
  return "some are needed by " + short_list(holders) + ", and " + cure + " removes the others";
}

std::string why_left(const EncryptResult& result, SharedStore& store, const PruneOption& prune,
                     const std::set<Digest>& left) {
  if (left.empty()) return {};
  const std::string cure = result.root || prune.is_given ? "imgcrypt gc" : "--prune";
  try {
    // What an image that is replaced would hold is not asked.
    return why_left(store, result.root ? store.contents() : store.contents_without_replaced(), left, cure);
  } catch (const Error& error) {
    // Nobody asked to remove any, and that they are there is known.
    if (prune.is_given || error.code() == ErrorCode::kCancelled) throw;
    return error.message() + "; when that is repaired, " + cure + " removes those that no image needs";
  }
}

// What pruning has removed, or would remove, of the plain layers.
std::set<Digest> pruned_of(const EncryptResult& result, const std::set<Digest>& removed) {
  std::set<Digest> pruned;
  const auto add = [&](const Digest& layer) {
    if (removed.contains(layer)) pruned.insert(layer);
  };
  for (const LayerOutcome& layer : result.layers) {
    if (layer.plain) add(*layer.plain);
  }
  for (const Digest& layer : result.plain_left_out) add(layer);
  return pruned;
}

}  // namespace

void settle_leftovers(const EncryptResult& result, const OpenedSides& image, const PruneOption& prune,
                      FormerOutcome& former, Output& output, JsonObject& json) try {
  std::set<Digest> left;
  const std::string holds = result.root ? "still holds" : "would still hold";
  if (image.store == nullptr) {
    left = find_leftovers(*image.destination, result);
    warn_of(left, holds, cure_elsewhere(result, *image.destination, prune), output);
  } else {
    left = find_leftovers(*image.store, result);
    // After a dry run all of it is still there.
    for (const Digest& blob : former.removed) left.erase(blob);
    warn_of(left, holds, why_left(result, *image.store, prune, left), output);
  }
  json.add("plainLayersPruned", array_of(pruned_of(result, former.removed)))
      .add("plainLayersLeft", array_of(left));
} catch (const Error& error) {
  if (!result.root) throw;
  // The image is written all the same, and whoever waits for it must hear so.
  output.warn("it could not be told which plain layers are left: " + error.message());
  if (prune.is_given && !former.failure) former.failure = error;
}

}  // namespace imgcrypt::cli
