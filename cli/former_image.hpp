// What commands that replace an image in a shared store do about the former one when theirs is written: they
// remove it with --prune, or say that it is still there and who can still open it.
#pragma once

#include "cli/json/json_object.hpp"
#include "cli/options/image_sides.hpp"
#include "cli/terminal/output.hpp"
#include "oci/digest.hpp"
#include "transport/image_store.hpp"

#include <optional>
#include <set>

namespace imgcrypt::cli {

// Whether the command took the image away from somebody who could open it until now.
enum class FormerReaders { kKept, kShutOut };

// To be called when the result is written, which is complete whatever happens here. Adds the member `pruned`
// to `json`, and returns what was removed from a shared store. A failure is a warning, and with --prune or
// --delete-old the error as well, which is returned: whoever asked for it relies on it.
struct FormerOutcome {
  std::set<Digest> removed;
  std::optional<Error> failure;
};
[[nodiscard]] FormerOutcome settle_former(const OpenedSides& sides, const std::optional<Digest>& replaced,
                                          const PruneOption& prune, FormerReaders readers, Output& output,
                                          JsonObject& json);

// The same for a dry run, whose `kept` the result has: says what --prune would remove, and returns it. Throws
// what the store throws.
[[nodiscard]] std::set<Digest> foresee_former(SharedStore* store, const std::set<Digest>& kept,
                                              const PruneOption& prune, Output& output, JsonObject& json);

}  // namespace imgcrypt::cli
