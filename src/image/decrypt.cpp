#include "image/decrypt.hpp"

#include "image/change/decryption_plan.hpp"
#include "image/change/fitting_tree.hpp"
#include "image/change/plan_notes.hpp"
#include "image/change/source_digest.hpp"
#include "image/tree/convert_to_oci.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// Only the root's own record: those of its children concern their platforms.
std::optional<std::string> recorded_digest(const ImageNode& tree) {
  std::optional<std::string> recorded;
  for_each_document(tree, [&](const ImageNode& node, const Annotations& annotations) {
    if (&node != &tree) return;
    const auto name = newest_record(annotations);
    // What is not a digest records nothing.
    if (name && Digest::parse_if_valid(annotations.at(*name))) recorded = annotations.at(*name);
  });
  return recorded;
}

std::vector<DecryptedLayer> outcomes_of(const ImageNode& tree, const std::set<LayerId>& chosen,
                                        const UnwrappedKeys& unwrapped) {
  std::vector<DecryptedLayer> layers;
  for_each_layer(tree, [&](const std::string& place, const Descriptor& layer) {
    DecryptedAs outcome = DecryptedAs::kPlain;
    if (is_encrypted(layer.media_type)) {
      outcome = !chosen.contains(layer_id(layer)) ? DecryptedAs::kNotChosen
                : unwrapped.find(layer)           ? DecryptedAs::kDecrypted
                                                  : DecryptedAs::kLocked;
    }
    layers.push_back({place, without_annotations(layer), outcome});
  });
  return layers;
}

bool has(const std::vector<DecryptedLayer>& layers, DecryptedAs outcome) {
  return std::ranges::find(layers, outcome, &DecryptedLayer::outcome) != layers.end();
}

// Damage is always an error, even with --partial; so is an image of which nothing can be decrypted, since a
// script would take it for decrypted.
void check_locked(const UnwrappedKeys& unwrapped, const DecryptOptions& options, Reporter& reporter) {
  for (const LockedLayer& layer : unwrapped.locked) {
    const bool may_stay = options.locked == Locked::kStay && layer.why.code() == ErrorCode::kNoKey;
    if (!may_stay || unwrapped.keys.empty()) throw layer.error();
  }
  // With the keys' trial each of them has been a detail already.
  const std::size_t count = unwrapped.locked.size();
  if (count == 1) reporter.warn(unwrapped.locked.front().error().message());
  if (count > 1)
    reporter.warn(std::to_string(count) + " layers stay encrypted: no key opens them (-v lists them)");
}

// A selection that misses every encrypted layer is a mistake; an image without any is copied.
void check_worthwhile(const std::vector<DecryptedLayer>& layers) {
  if (has(layers, DecryptedAs::kDecrypted) || !has(layers, DecryptedAs::kNotChosen)) return;
  throw Error(ErrorCode::kRefused, "no encrypted layer is selected",
              "imgcrypt inspect shows the layers, --layer selects them");
}

Exactness exactness_of(const DecryptResult& result) {
  if (has(result.layers, DecryptedAs::kLocked) || has(result.layers, DecryptedAs::kNotChosen))
    return Exactness::kPartial;
  if (!has(result.layers, DecryptedAs::kDecrypted)) return Exactness::kNotEncrypted;
  if (!result.source_digest) return Exactness::kNotRecorded;
  return *result.source_digest == result.root->digest.string() ? Exactness::kExact : Exactness::kDifferent;
}

// Why the root of what is written is not the source's.
std::string why_different(const ImageDestination& destination) {
  return destination.keeps_documents()
             ? "the index has another digest without the platforms that are left out"
             : "the archive has no place for its manifest, which readers make anew and with another digest";
}

void note_exactness(const DecryptResult& result, const Digest& source, const ImageDestination& destination,
                    Reporter& reporter) {
  switch (result.exactness) {
    case Exactness::kExact:
      reporter.note("exact: the result is identical to the image that was encrypted");
      break;
    case Exactness::kDifferent:
      reporter.note("not exact: the digest of the image that was encrypted is " + *result.source_digest +
                    (destination.keeps_documents() ? "" : "; " + why_different(destination)));
      break;
    case Exactness::kNotRecorded:
      reporter.note(
          "the image does not say which digest it had before it was encrypted, as other tools do not record "
          "it: the result cannot be compared with it");
      break;
    case Exactness::kPartial:
      reporter.note("partly decrypted: " +
                    std::to_string(std::ranges::count_if(result.layers,
                                                         [](const DecryptedLayer& layer) {
                                                           return layer.outcome == DecryptedAs::kLocked ||
                                                                  layer.outcome == DecryptedAs::kNotChosen;
                                                         })) +
                    " of " + std::to_string(result.layers.size()) + " layers are still encrypted");
      break;
    case Exactness::kNotEncrypted:
      reporter.note(result.root->digest == source
                        ? "not encrypted: copied unchanged"
                        : "not encrypted: its layers are copied unchanged; " + why_different(destination));
  }
}

// What the result would name if it becomes what its writer says that was encrypted.
void add_recorded(const UnwrappedKeys& unwrapped, DecryptResult& result) {
  const auto add = [&](const std::string& text) {
    if (const auto digest = Digest::parse_if_valid(text)) result.kept.insert(*digest);
  };
  for (const auto& [layer, keys] : unwrapped.keys) add(keys->options.source_digest);
  const bool is_whole =
      !has(result.layers, DecryptedAs::kLocked) && !has(result.layers, DecryptedAs::kNotChosen);
  if (is_whole && result.source_digest) add(*result.source_digest);
}

}  // namespace

std::string description(DecryptedAs outcome) {
  switch (outcome) {
    case DecryptedAs::kDecrypted:
      return "would be decrypted";
    case DecryptedAs::kLocked:
      return "would stay encrypted: no key opens it";
    case DecryptedAs::kNotChosen:
      return "would stay encrypted: not selected";
    case DecryptedAs::kPlain:
      return "would stay as it is: it is not encrypted";
  }
  return {};
}

DecryptResult decrypt_image(ImageSource& source, ImageDestination& destination,
                            const KeyUnwrappers& unwrappers, const DecryptOptions& options,
                            Reporter& reporter) {
  Configs configs(source);
  const ImageNode stored = load_tree(source);
  require_manifests(stored);
  const PlatformChoice choice = choose_platforms(configs, stored, options.selection.platforms);
  const PlatformChoice fitting = fitting_tree(choice.tree, destination);
  const ImageNode tree = convert_to_oci(fitting.tree);
  // Before anything is decided by type: with a forged type an encrypted layer would be copied as a plain one.
  check_annotations(tree);
  const std::set<LayerId> chosen = choose_layers(tree, options.selection.layers);
  const UnwrappedKeys unwrapped = unwrap_layer_keys(tree, chosen, unwrappers, options.write.jobs, reporter);
  check_locked(unwrapped, options, reporter);
  std::vector<DecryptedLayer> layers = outcomes_of(tree, chosen, unwrapped);
  check_worthwhile(layers);
  note_left_out(choice.left_out, reporter);
  note_no_place(fitting.left_out, reporter);
  // An image in which nothing is decrypted is copied as it is, Docker's types included.
  ImagePlan plan = plan_decryption(unwrapped.keys.empty() ? fitting.tree : tree, unwrapped, options.diff_ids,
                                   configs, source, reporter);
  DecryptResult result{carry_out(plan, choice.tree, configs, source, destination, options.write, reporter),
                       std::move(layers), choice.left_out, Exactness::kNotEncrypted,
                       recorded_digest(choice.tree)};
  if (!result.root) {
    add_recorded(unwrapped, result);
    return result;
  }
  result.exactness = exactness_of(result);
  note_exactness(result, stored.descriptor.digest, destination, reporter);
  return result;
}

}  // namespace imgcrypt
