#include "image/recipients/change_recipients.hpp"

#include "image/change/layer_rotation.hpp"
#include "image/tree/convert_to_oci.hpp"
#include "image/tree/selection.hpp"
#include "layer/unwrap_private_options.hpp"
#include "oci/media_types.hpp"

#include <memory>
#include <set>
#include <utility>

namespace imgcrypt {

Error no_encrypted_layer() {
  return {ErrorCode::kRefused, "the image has no encrypted layer",
          "encrypt it with imgcrypt encrypt SRC DST -r RECIPIENT"};
}

namespace {

// What can be found out about a layer whose blob is not read: that its packets, as far as the keys open them,
// hold the same key.
void check_packets(const ImageNode& tree, const UnwrappedKeys& unwrapped, const KeyUnwrappers& unwrappers) {
  std::set<LayerId> seen;
  for_each_layer(tree, [&](const std::string& place, const Descriptor& layer) {
    const SharedLayerKeys keys = unwrapped.find(layer);
    if (!keys || !seen.insert(layer_id(layer)).second) return;
    try {
      check_packets_agree(layer.annotations, unwrappers, keys->options);
    } catch (const Error& error) {
      throw error.in(place);
    }
  });
}

// Plans the change that `make_change` makes of each layer and its keys with the plan's notes, and carries it
// out.
template <typename MakeChange>
RecipientsResult change_recipients(ImageSource& source, ImageDestination& destination,
                                   const KeyUnwrappers& unwrappers, const RecipientsOptions& options,
                                   Reporter& reporter, const MakeChange& make_change) {
  const ImageNode tree = convert_to_oci(load_tree(source));
  require_manifests(tree);
  check_annotations(tree);
  const UnwrappedKeys unwrapped =
      unwrap_layer_keys(tree, choose_layers(tree, {}), unwrappers, options.write.jobs, reporter);
  // All or nothing: with new recipients for some layers only, nobody could say who can run the image.
  if (!unwrapped.locked.empty()) throw unwrapped.locked.front().error();
  if (unwrapped.keys.empty()) throw no_encrypted_layer();
  if (options.check != BlobCheck::kAll) check_packets(tree, unwrapped, unwrappers);
  ImagePlan plan(tree);
  for_each_layer(tree, [&](const std::string&, const Descriptor& layer) {
    if (const SharedLayerKeys keys = unwrapped.find(layer))
      plan.change(layer, make_change(layer, keys, plan.content_notes()));
  });
  const Configs configs(source);  // empty: recipients do not depend on configs
  return {carry_out(plan, tree, configs, source, destination, options.write, reporter),
          unwrapped.keys.size()};
}

}  // namespace

RecipientsResult add_recipients(ImageSource& source, ImageDestination& destination,
                                const KeyWrappers& wrappers, const KeyUnwrappers& unwrappers,
                                const RecipientsOptions& options, Reporter& reporter) {
  const RewrapOptions how{OldRecipients::kStay, options.check};
  return change_recipients(source, destination, unwrappers, options, reporter,
                           [&](const Descriptor& layer, const SharedLayerKeys& keys, ContentNotes& notes) {
                             return std::make_unique<LayerRewrap>(layer, keys, wrappers, how, notes);
                           });
}

RecipientsResult replace_recipients(ImageSource& source, ImageDestination& destination,
                                    const KeyWrappers& wrappers, const KeyUnwrappers& unwrappers,
                                    Rotation rotation, const RecipientsOptions& options, Reporter& reporter) {
  const RewrapOptions how{OldRecipients::kGo, options.check};
  const auto make_change = [&](const Descriptor& layer, const SharedLayerKeys& keys,
                               ContentNotes& notes) -> std::unique_ptr<LayerChange> {
    if (rotation == Rotation::kFreshKeys) return std::make_unique<LayerRotation>(layer, keys, wrappers);
    return std::make_unique<LayerRewrap>(layer, keys, wrappers, how, notes);
  };
  return change_recipients(source, destination, unwrappers, options, reporter, make_change);
}

}  // namespace imgcrypt
