// What commands that replace an image in a shared store do about the former one when theirs is written: they
// remove it with --prune, or say that it is still there and who can still open it.
#pragma once

#include "cli/json/json_object.hpp"
#include "cli/terminal/output.hpp"
#include "cli/write/write_arguments.hpp"
#include "image/change/carry_out.hpp"
#include "oci/digest.hpp"

#include <imgcrypt/error.hpp>

#include <optional>
#include <set>

namespace imgcrypt::cli {

// Whether the command took the image away from somebody who could open it until now.
enum class FormerReaders { kKept, kShutOut };

struct FormerOutcome {
  std::set<Digest> removed;      // from a shared store; after a dry run, what --prune would remove
  std::optional<Error> failure;  // for the end of the command: whoever asked for the removal relies on it
};

// Call when the result is written: it is complete whatever happens here. Or after a dry run, to say what
// would be removed. Adds the member `pruned` to `json`. A failure is a warning, and with --prune or
// --delete-old it is returned as well; after a dry run it is thrown.
[[nodiscard]] FormerOutcome settle_former(const WriteResult& result, const OpenedSides& sides,
                                          const PruneOption& prune, FormerReaders readers, Output& output,
                                          JsonObject& json);

}  // namespace imgcrypt::cli
