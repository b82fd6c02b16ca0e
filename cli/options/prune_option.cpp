#include "cli/options/prune_option.hpp"

#include "image/prune.hpp"

namespace imgcrypt::cli {

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
