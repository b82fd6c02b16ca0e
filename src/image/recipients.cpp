#include "image/recipients.hpp"

#include "image/change/rotate.hpp"
#include "image/tree/convert.hpp"
#include "image/tree/selection.hpp"

#include <memory>

namespace imgcrypt {
namespace {

using LayerKeyMap = std::map<Digest, LayerKeys>;

// Gives the keys of all encrypted layers to `make_change` and makes that change.
template <typename MakeChange>
RecipientsResult change_recipients(ImageSource& source, ImageDestination& destination,
                                   const KeyUnwrappers& unwrappers, const RecipientsOptions& options,
                                   Reporter& reporter, const MakeChange& make_change) {
  const ImageNode tree = convert_to_oci(load_tree(source));
  check_annotations(tree);
  UnwrappedKeys unwrapped =
      unwrap_layer_keys(tree, choose_layers(tree, {}), unwrappers, options.jobs, reporter.progress());
  if (!unwrapped.locked.empty()) throw unwrapped.locked.front().error();
  if (unwrapped.keys.empty()) {
    throw Error(ErrorCode::kRefused, "none of its layers is encrypted",
                "imgcrypt encrypt SRC DST encrypts it for its first recipients");
  }
  const std::size_t layers = unwrapped.keys.size();
  const std::unique_ptr<LayerChange> change = make_change(std::move(unwrapped.keys));
  return rewrite_recipients(source, tree, destination, *change, layers, options, reporter);
}

}  // namespace

RecipientsResult rewrite_recipients(ImageSource& source, const ImageNode& tree, ImageDestination& destination,
                                    LayerChange& change, std::size_t layers, const RecipientsOptions& options,
                                    Reporter& reporter) {
  if (options.dry_run == DryRun::kYes) {
    check_presence(source, destination, tree, change);
    return {std::nullopt, std::nullopt, layers};
  }
  Rewritten rewritten = rewrite_image(source, tree, destination, change, options.jobs, reporter);
  note_replaced(rewritten, reporter);
  return {std::move(rewritten.root), std::move(rewritten.replaced), layers};
}

RecipientsResult add_recipients(ImageSource& source, ImageDestination& destination,
                                const KeyWrappers& wrappers, const KeyUnwrappers& unwrappers,
                                const RecipientsOptions& options, Reporter& reporter) {
  return change_recipients(source, destination, unwrappers, options, reporter, [&](LayerKeyMap keys) {
    const RewrapOptions how{OldRecipients::kStay, options.check};
    return std::make_unique<LayerRewrap>(std::move(keys), wrappers, how);
  });
}

RecipientsResult replace_recipients(ImageSource& source, ImageDestination& destination,
                                    const KeyWrappers& wrappers, const KeyUnwrappers& unwrappers,
                                    LayerKey layer_key, const RecipientsOptions& options,
                                    Reporter& reporter) {
  const auto make_change = [&](LayerKeyMap keys) -> std::unique_ptr<LayerChange> {
    if (layer_key == LayerKey::kIsFresh) return std::make_unique<LayerRotation>(std::move(keys), wrappers);
    const RewrapOptions how{OldRecipients::kGo, options.check};
    return std::make_unique<LayerRewrap>(std::move(keys), wrappers, how);
  };
  return change_recipients(source, destination, unwrappers, options, reporter, make_change);
}

}  // namespace imgcrypt
