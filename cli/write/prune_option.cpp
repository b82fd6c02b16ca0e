#include "cli/write/prune_option.hpp"

#include "image/prune.hpp"

namespace imgcrypt::cli {

void PruneOption::check(const ImageDestination& destination, const Reference& target) const {
  if (!deletes_old || destination.former_images() == FormerImages::kReadable) return;
  throw Error(ErrorCode::kUsage, "--delete-old: " + target.string() + " is not in a registry",
              "leave out --delete-old; for a layout there is --prune");
}

std::unique_ptr<SharedStore> PruneOption::open_store(const Reference& target,
                                                     const TransportOptions& options) const {
  auto store = open_shared_store(target, options);
  if (!is_given) return store;
  if (!store) {
    throw Error(ErrorCode::kUsage, "--prune: the images of " + target.string() + " do not share blobs",
                "leave out --prune");
  }
  require_prunable(*store);
  return store;
}

}  // namespace imgcrypt::cli
