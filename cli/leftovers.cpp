#include "cli/leftovers.hpp"

#include "base/text/short_list.hpp"
#include "cli/json/results.hpp"
#include "image/leftovers.hpp"
#include "image/needed_blobs.hpp"

namespace imgcrypt::cli {
namespace {

// What keeps them though --prune was given. What an image that is replaced would hold is not asked.
std::string why_still_there(SharedStore& store, const StoreContents& contents,
                            const std::set<Digest>& leftovers) {
  if (leftovers.empty()) return {};
  const std::vector<std::string> holders = holders_of(store, contents, leftovers);
  if (holders.empty()) return "imgcrypt gc removes them";
  return short_list(holders) + (holders.size() == 1 ? " needs them" : " need them");
}

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

std::set<Digest> leftovers_in(SharedStore* store, const EncryptResult& result) {
  return store == nullptr ? std::set<Digest>() : find_leftovers(*store, result);
}

}  // namespace

void report_leftovers(SharedStore* store, const EncryptResult& result, const PruneOption& prune,
                      const std::set<Digest>& removed, Output& output, JsonObject& json) {
  const std::set<Digest> leftovers = leftovers_in(store, result);
  warn_of(leftovers, "still holds",
          prune.is_given && store != nullptr ? why_still_there(*store, store->contents(), leftovers)
                                             : "imgcrypt gc removes those that no image needs",
          output);
  std::set<Digest> pruned;
  const auto add = [&](const Digest& layer) {
    if (removed.contains(layer)) pruned.insert(layer);
  };
  for (const LayerOutcome& layer : result.layers) {
    if (layer.plain) add(*layer.plain);
  }
  for (const Digest& layer : result.plain_left_out) add(layer);
  json.add("plainLayersPruned", array_of(pruned)).add("plainLayersLeft", array_of(leftovers));
}

void foresee_leftovers(SharedStore* store, const EncryptResult& result, const PruneOption& prune,
                       const std::set<Digest>& going, Output& output, JsonObject& json) {
  std::set<Digest> leftovers = leftovers_in(store, result);
  std::set<Digest> pruned;
  for (const Digest& blob : going) {
    if (leftovers.erase(blob) > 0) pruned.insert(blob);
  }
  warn_of(leftovers, "would still hold",
          prune.is_given && store != nullptr
              ? why_still_there(*store, store->contents_without_replaced(), leftovers)
              : "--prune removes those that no other image needs",
          output);
  json.add("plainLayersPruned", array_of(pruned)).add("plainLayersLeft", array_of(leftovers));
}

}  // namespace imgcrypt::cli
