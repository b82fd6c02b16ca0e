// --prune: a command that replaces an image in a store removes what only that one needed. Otherwise the
// former image can still be opened there by its digest.
#pragma once

#include "transport/open.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace imgcrypt::cli {

struct PruneOption {
  bool is_given = false;

  void add_to(CLI::App& command) {
    command.add_flag("--prune", is_given,
                     "remove from the layout of the result what only the image that it replaces needed");
  }
  // The store of the destination, null if its images share nothing. With --prune it throws kUsage then, and
  // kRefused when it is unknown which blobs other images need: before the work, which may take long.
  [[nodiscard]] std::unique_ptr<SharedStore> open_store(const Reference& target,
                                                        const TransportOptions& options) const;
};

}  // namespace imgcrypt::cli
