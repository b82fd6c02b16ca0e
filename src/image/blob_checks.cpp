#include "image/blob_checks.hpp"

#include "base/parallel.hpp"
#include "image/change/hands_choice.hpp"
#include "image/tree/network_tries.hpp"

#include <algorithm>
#include <vector>

namespace imgcrypt {
namespace {

// What is read as one. Without keys nothing depends on how a blob's key is wrapped.
LayerId blob_id(const Descriptor& blob, const SharedLayerKeys& keys) {
  return keys ? layer_id(blob) : LayerId{blob.digest, blob.size, blob.media_type, {}};
}

}  // namespace

CheckedBlob& BlobChecks::need(const Descriptor& blob, const std::string& place, const SharedLayerKeys& keys) {
  return blobs_
      .try_emplace(blob_id(blob, keys), CheckedBlob{LayerToCheck{without_annotations(blob), place, keys, {}}})
      .first->second;
}

void BlobChecks::check(ImageSource& source, const CheckOptions& options, ContentNotes& notes,
                       Progress& progress) {
  const StageTimer timer(progress, "checking blobs");
  const bool is_read = options.depth == CheckDepth::kContent;
  std::vector<CheckedBlob*> blobs;
  for (auto& [id, blob] : blobs_) {
    blobs.push_back(&blob);
    if (is_read) progress.plan(1, blob.check.layer.size);
  }
  // Looking at sizes takes no time worth sharing.
  const unsigned jobs = is_read ? options.jobs : 1;
  StopFlag stop = false;
  const auto large = std::ranges::count_if(
      blobs, [](const CheckedBlob* blob) { return HandsChoice::is_large(blob->check.layer.size); });
  HandsChoice hands(static_cast<std::size_t>(large), jobs);
  run_parallel(blobs.size(), jobs, stop, [&](std::size_t i) {
    const LayerToCheck& check = blobs[i]->check;
    try {
      if (is_read)
        blobs[i]->content =
            read_layer_content(source, check, hands.next(check.layer.size), stop, notes, progress);
      else
        try_network(stop, [&] { source.check_presence(check.layer); });
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      blobs[i]->problem = error;
    }
  });
}

}  // namespace imgcrypt
