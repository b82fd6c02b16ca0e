#include "cli/write/former_image.hpp"

#include "base/text/short_list.hpp"
#include "cli/json/results.hpp"
#include "image/needed_blobs.hpp"
#include "image/prune.hpp"

namespace imgcrypt::cli {
namespace {

std::string count_of(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string still_there(const FormerImage& former) {
  return "the former image " + former.root.string() + ", with " +
         count_of(former.encrypted_layers, "encrypted layer") +
         ", is still in the layout: its recipients can open it when index.json lists it again";
}

void report_removed(const std::set<Digest>& removed, const FormerImage& former, Output& output) {
  output.note("removed " + count_of(removed.size(), "blob") + " that only the former image " +
              former.root.string() + " needed");
  for (const Digest& blob : removed) output.detail("removed " + blob.string());
}

// Why it was not pruned, or what removes it.
std::string why_there(SharedStore& store, const Digest& root, const PruneOption& prune) {
  const std::vector<std::string> holders = holders_of(store, store.contents(), {root});
  if (!holders.empty()) return "it is needed by " + short_list(holders);
  return prune.is_given ? "it refers to another image" : "imgcrypt gc removes it, as --prune would have";
}

void settle_in_store(SharedStore* store, const std::optional<Digest>& replaced, const PruneOption& prune,
                     FormerReaders readers, Output& output, FormerOutcome& outcome) {
  try {
    const auto former = store == nullptr ? std::nullopt : find_former(*store, replaced);
    if (former && prune.is_given) {
      outcome.removed = prune_former(*store, *former);
      report_removed(outcome.removed, *former, output);
    }
    if (former && readers == FormerReaders::kShutOut && former->encrypted_layers > 0 &&
        !outcome.removed.contains(former->root)) {
      output.warn(still_there(*former) + "; " + why_there(*store, former->root, prune));
    }
  } catch (const Error& error) {
    output.warn("the former image may still be in the layout: " + error.message());
    if (prune.is_given) outcome.failure = error;
  }
}

void delete_former(const OpenedSides& sides, const Digest& root, Output& output) {
  const std::vector<std::string> names = sides.destination->delete_former(root);
  if (names.empty()) return output.note("deleted the former image " + root.string());
  output.warn("the former image " + root.string() + " was not deleted: it is needed by " + short_list(names));
}

// What settle_by_digest() would say and do.
void foresee_by_digest(const Digest& root, const PruneOption& prune, Output& output) {
  if (prune.deletes_old)
    output.note("would ask the registry to delete the former image " + root.string());
  else
    output.note("the former image could still be read from most registries by its digest, " + root.string() +
                "; --delete-old would ask the registry to delete it");
}

void settle_by_digest(const OpenedSides& sides, const Digest& root, const PruneOption& prune,
                      FormerReaders readers, Output& output, FormerOutcome& outcome) {
  const std::string still =
      "the former image can still be read from most registries by its digest, " + root.string();
  try {
    if (prune.deletes_old) return delete_former(sides, root, output);
    const std::string cure = "; --delete-old asks the registry to delete it";
    if (readers == FormerReaders::kShutOut)
      output.warn(still + ", and opened by its recipients" + cure);
    else if (root == sides.source->root().descriptor.digest)  // it is not only another version
      output.note(still + cure);
  } catch (const Error& error) {
    outcome.failure = error.in("the new image is written, but the former one is not deleted");
  }
}

std::set<Digest> foresee_pruning(const WriteResult& result, SharedStore* store, const PruneOption& prune,
                                 Output& output) {
  std::set<Digest> going;
  if (store != nullptr && prune.is_given) going = prunable_blobs(*store, result.kept);
  if (!going.empty())
    output.note("would remove " + count_of(going.size(), "blob") + " that only the former image needs");
  for (const Digest& blob : going) output.detail("would remove " + blob.string());
  return going;
}

}  // namespace

FormerOutcome settle_former(const WriteResult& result, const OpenedSides& sides, const PruneOption& prune,
                            FormerReaders readers, Output& output, JsonObject& json) {
  FormerOutcome outcome;
  const bool is_shared = sides.destination->former_images() == FormerImages::kShared;
  if (!result.root && is_shared)
    outcome.removed = foresee_pruning(result, sides.store.get(), prune, output);
  else if (is_shared)
    settle_in_store(sides.store.get(), result.replaced, prune, readers, output, outcome);
  else if (result.replaced && !result.root)
    foresee_by_digest(*result.replaced, prune, output);
  else if (result.replaced)
    settle_by_digest(sides, *result.replaced, prune, readers, output, outcome);
  json.add("pruned", array_of(outcome.removed));
  return outcome;
}

}  // namespace imgcrypt::cli
