#include "image/encrypt.hpp"

#include "image/change/layer_encryption.hpp"
#include "image/change/layer_rewrap.hpp"
#include "image/change/source_digest.hpp"
#include "image/encryption_notes.hpp"
#include "image/encryption_outcomes.hpp"
#include "image/tree/convert_to_oci.hpp"
#include "image/tree/diff_ids.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/layer_in_index.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// A document that already had encrypted layers either records what it was, and that record stays, or was
// encrypted by another tool: what it was before is then unknown, and its digest now would be a wrong answer.
void record_source_digests(ImagePlan& plan) {
  const std::set<Digest> encrypted_before =
      documents_above(plan.tree(), [](const Descriptor& layer) { return is_encrypted(layer.media_type); });
  const std::set<Digest> changed = plan.changed_documents();
  for_each_document(plan.tree(), [&](const ImageNode& node, const Annotations& annotations) {
    const Digest& digest = node.descriptor.digest;
    if (!changed.contains(digest) || encrypted_before.contains(digest)) return;
    plan.edit_document(digest, {{{next_record(annotations), digest.string()}}, {}});
  });
}

ImagePlan plan_of(const ImageNode& tree, const EncryptionOutcomes& outcomes, const KeyWrappers& wrappers) {
  ImagePlan plan(tree);
  for (const LayerOutcome& layer : outcomes.layers()) {
    if (layer.outcome == EncryptedAs::kEncrypted) {
      plan.change(layer.layer, std::make_unique<LayerEncryption>(layer.layer, wrappers));
    } else if (layer.outcome == EncryptedAs::kRecipientsAdded) {
      plan.change(layer.layer,
                  std::make_unique<LayerRewrap>(layer.layer, outcomes.keys_of(layer.layer), wrappers,
                                                RewrapOptions(), plan.content_notes()));
    }
  }
  record_source_digests(plan);
  return plan;
}

// decrypt refuses layers that it cannot pair with diff_ids, so nobody could open the result. Those that
// cannot be read are only needed where the result is not the very image that is encrypted now.
void require_diff_ids(Configs& configs, const ImagePlan& plan, Reporter& reporter) {
  const auto is_encrypted_now = [&](const Descriptor& layer) {
    return can_be_encrypted(layer) && plan.change_of(layer) != nullptr;
  };
  for_each_manifest(plan.tree(), [&](const ImageNode& node, const Manifest& manifest) {
    if (std::ranges::none_of(manifest.layers(), is_encrypted_now)) return;
    const auto config = configs.of(manifest);
    if (!config || !config->diff_ids_problem) return void(diff_ids_of(configs, node, manifest));
    reporter.warn(unreadable_diff_ids(node, *config->diff_ids_problem));
  });
}

void require_openable(const LayerOutcome& layer) {
  if (layer.outcome != EncryptedAs::kKept) return;
  try {
    require_wrapped_keys(layer.layer.annotations);
  } catch (const Error& error) {
    throw error.in(layer.place);
  }
}

// The first layer that an index lists itself; null if there is none.
const ImageNode* layer_in_index(const ImageNode& node) {
  if (std::holds_alternative<Opaque>(node.document) && is_layer_in_index(node.descriptor)) return &node;
  for (const ImageNode& child : node.children) {
    if (const ImageNode* layer = layer_in_index(child)) return layer;
  }
  return nullptr;
}

// Of an image whose layers all stay plain for what they are.
[[noreturn]] void fail_for_types(Configs& configs, const ImageNode& tree,
                                 const EncryptionOutcomes& outcomes) {
  std::string why;
  if (!outcomes.layers().empty()) {
    const LayerOutcome& first = outcomes.layers().front();
    why = ": " + first.place + " cannot be encrypted: " +
          (first.outcome == EncryptedAs::kForeign ? "it is non-distributable and has urls"
                                                  : type_of(first.layer));
    const std::size_t others = outcomes.layers().size() - 1;
    if (others > 0) why += ", and so with " + std::to_string(others) + " more";
  } else if (const ImageNode* layer = layer_in_index(tree)) {
    why = ": the index lists the layer " + layer->descriptor.digest.string() +
          " itself, and only those of manifests are encrypted";
  }
  throw Error(
      ErrorCode::kRefused, "the image has no layers to encrypt" + why,
      !other_file_systems(configs, tree, outcomes).empty()
          ? "its config counts layers of a kind that cannot be encrypted: build the image with layers "
            "of OCI's or Docker's media types, which are tars, plain or with gzip or zstd"
          : "only the layers of images are encrypted, with OCI's or Docker's media types; artifacts "
            "such as Helm charts stay as they are");
}

void check_worthwhile(Configs& configs, const ImageNode& tree, const EncryptionOutcomes& outcomes) {
  if (outcomes.count(EncryptedAs::kEncrypted) + outcomes.count(EncryptedAs::kRecipientsAdded) > 0) return;
  if (outcomes.count(EncryptedAs::kBase) + outcomes.count(EncryptedAs::kNotChosen) > 0) {
    throw Error(ErrorCode::kRefused, "no layer that can be encrypted is selected",
                "imgcrypt inspect shows the layers; check --layer and --skip-base");
  }
  if (outcomes.count(EncryptedAs::kKept) > 0) {
    // The two hints below would be in vain.
    for (const LayerOutcome& layer : outcomes.layers()) require_openable(layer);
    throw Error(ErrorCode::kRefused, "all layers are already encrypted",
                "to add recipients, give one of the image's keys with -k; to encrypt it with new keys, use "
                "imgcrypt recipients replace --rotate");
  }
  fail_for_types(configs, tree, outcomes);
}

// Empty blobs hide nothing.
std::set<Digest> plain_layers(const ImageNode& tree) {
  std::set<Digest> layers;
  for_each_manifest(tree, [&](const ImageNode&, const Manifest& manifest) {
    for (const Descriptor& layer : manifest.layers()) {
      if (can_be_encrypted(layer) && layer.size > 0) layers.insert(layer.digest);
    }
  });
  return layers;
}

}  // namespace

std::string description(EncryptedAs outcome) {
  switch (outcome) {
    case EncryptedAs::kEncrypted:
      return "would be encrypted";
    case EncryptedAs::kRecipientsAdded:
      return "is already encrypted: the recipients would be added";
    case EncryptedAs::kKept:
      return "is already encrypted: would keep its recipients";
    case EncryptedAs::kNotChosen:
      return "would not be encrypted: not selected";
    case EncryptedAs::kBase:
      return "would not be encrypted: part of the base image";
    case EncryptedAs::kForeign:
      return "would not be encrypted: non-distributable, and to be fetched from its urls";
    case EncryptedAs::kNotALayer:
      return "would not be encrypted: not an image layer";
  }
  return {};
}

EncryptResult encrypt_image(ImageSource& source, ImageDestination& destination, const KeyWrappers& wrappers,
                            const EncryptOptions& options, Reporter& reporter) {
  Configs configs(source);
  const ImageNode stored = load_tree(source);
  require_manifests(stored);
  // The digest to be recorded is that of the OCI document, as that is what decrypting gives back.
  const ImageNode converted = convert_to_oci(stored);
  const PlatformChoice choice = choose_platforms(configs, converted, options.selection.platforms);
  const EncryptionOutcomes outcomes(source, configs, choice.tree, options, reporter);
  check_worthwhile(configs, choice.tree, outcomes);
  ImagePlan plan = plan_of(choice.tree, outcomes, wrappers);
  require_diff_ids(configs, plan, reporter);
  note_conversion(stored, converted, outcomes, reporter);
  note_outcomes(outcomes, other_file_systems(configs, choice.tree, outcomes), options, choice.left_out,
                reporter);
  const ImageNode& chosen = choice.left_out.empty() ? stored : choice.tree;
  EncryptResult result{carry_out(plan, chosen, configs, source, destination, options.write, reporter),
                       outcomes.layers(), choice.left_out, plain_layers(converted)};
  // Of the platforms that were left out, but not what they share with those that are encrypted.
  for (const Digest& layer : plain_layers(choice.tree)) result.plain_left_out.erase(layer);
  return result;
}

}  // namespace imgcrypt
