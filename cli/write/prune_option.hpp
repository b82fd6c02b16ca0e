// --prune and --delete-old: a command that replaces an image in a store removes what only that one needed.
// Otherwise the former image can still be opened there by its digest.
#pragma once

#include "transport/open.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace imgcrypt::cli {

struct PruneOption {
  bool is_given = false;
  bool deletes_old = false;  // --delete-old, which is for registries what --prune is for layouts

  void add_to(CLI::App& command) {
    command.add_flag("--prune", is_given,
                     "remove from the layout of the result what only the image that it replaces needed");
    command.add_flag("--delete-old", deletes_old,
                     "ask the registry to delete the manifests of the image that the result replaces");
  }
  // Throws kUsage for --delete-old where the destination has nothing of the kind.
  void check(const ImageDestination& destination, const Reference& target) const;
  // The store of the destination, null if its images share nothing. With --prune it throws kUsage then, and
  // kRefused when it is unknown which blobs other images need: before the work, which may take long.
  [[nodiscard]] std::unique_ptr<SharedStore> open_store(const Reference& target,
                                                        const TransportOptions& options) const;
};

}  // namespace imgcrypt::cli
