#include "image/encryption_notes.hpp"

#include "image/change/plan_notes.hpp"
#include "image/tree/diff_ids.hpp"
#include "image/tree/file_system.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// One answer for each layer. It is only for what is said: a config that cannot be used counts none.
std::vector<bool> file_system_of(Configs& configs, const ImageNode& node, const Manifest& manifest) {
  try {
    const auto config = configs.of(manifest);
    if (config && config->diff_ids_problem) return file_system_layers_at_most(manifest);
    return file_system_layers(manifest, diff_ids_of(configs, node, manifest));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return file_system_layers(manifest, {});
  }
}

// The same for each layer of the image, in order.
std::vector<bool> file_system_of(Configs& configs, const ImageNode& tree) {
  std::vector<bool> are_layers;
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    const std::vector<bool> of_manifest = file_system_of(configs, node, manifest);
    are_layers.insert(are_layers.end(), of_manifest.begin(), of_manifest.end());
  });
  return are_layers;
}

void note_count(std::size_t count, const std::string& one, const std::string& several, Reporter& reporter) {
  if (count > 0) reporter.note(count == 1 ? "1 layer " + one : std::to_string(count) + " layers " + several);
}

// What its users may take for hidden.
void warn_of_other_file_systems(const std::vector<const LayerOutcome*>& layers, Reporter& reporter) {
  std::vector<std::string> texts;
  for (const LayerOutcome* layer : layers)
    texts.push_back(layer->place + " is not encrypted: " + type_of(layer->layer) +
                    "; it counts as a layer of the file system, and everyone can read it");
  reporter.say_of_all(Importance::kWarning, texts,
                      "layers are not encrypted, as they are of types that stay plain, though they count as "
                      "layers of the file system: everyone can read them");
}

}  // namespace

std::string type_of(const Descriptor& layer) {
  return layer.media_type.empty() ? "it has no media type" : "its type is " + layer.media_type;
}

std::vector<const LayerOutcome*> other_file_systems(Configs& configs, const ImageNode& tree,
                                                    const EncryptionOutcomes& outcomes) {
  std::vector<const LayerOutcome*> found;
  const std::vector<bool> are_layers = file_system_of(configs, tree);
  for (std::size_t i = 0; i < are_layers.size(); ++i) {
    const LayerOutcome& layer = outcomes.layers()[i];
    if (are_layers[i] && layer.outcome == EncryptedAs::kNotALayer) found.push_back(&layer);
  }
  return found;
}

void note_conversion(const ImageNode& source, const ImageNode& converted, const EncryptionOutcomes& outcomes,
                     Reporter& reporter) {
  if (source.descriptor.digest == converted.descriptor.digest) return;
  const bool was_plain =
      outcomes.count(EncryptedAs::kKept) + outcomes.count(EncryptedAs::kRecipientsAdded) == 0;
  reporter.note("Docker media types are converted to OCI" +
                (was_plain ? ": decrypting returns the OCI image " + converted.descriptor.digest.string()
                           : std::string()));
}

void note_outcomes(const EncryptionOutcomes& outcomes, const std::vector<const LayerOutcome*>& counted,
                   const EncryptOptions& options, const std::vector<std::string>& left_out,
                   Reporter& reporter) {
  std::vector<std::string> foreign;
  std::vector<std::string> no_layers;
  for (const LayerOutcome& layer : outcomes.layers()) {
    if (layer.outcome == EncryptedAs::kForeign)
      foreign.push_back(layer.place + " is not encrypted: it is non-distributable and has urls");
    if (layer.outcome == EncryptedAs::kNotALayer && std::ranges::find(counted, &layer) == counted.end())
      no_layers.push_back(layer.place + " is not encrypted: " + type_of(layer.layer));
  }
  reporter.say_of_all(Importance::kWarning, foreign,
                      "layers are not encrypted: they are non-distributable and have urls");
  warn_of_other_file_systems(counted, reporter);
  reporter.say_of_all(Importance::kNote, no_layers,
                      "layers are not encrypted: they are of types that stay plain");
  note_count(outcomes.count(EncryptedAs::kNotChosen), "is not selected: everyone can read it",
             "are not selected: everyone can read them", reporter);
  note_count(outcomes.count(EncryptedAs::kBase), "belongs to the base image: everyone can read it",
             "belong to the base image: everyone can read them", reporter);
  if (options.base != nullptr && outcomes.count(EncryptedAs::kBase) == 0)
    reporter.note(
        "no layer of the image was found to be one of the base image's, so none stays plain for it: the "
        "same layer is plain in both, and the same blob, or listed with the same diff_id by both configs");
  note_count(outcomes.count(EncryptedAs::kKept), "is already encrypted and keeps its recipients",
             "are already encrypted and keep their recipients", reporter);
  note_count(outcomes.count(EncryptedAs::kRecipientsAdded), "is already encrypted: the recipients are added",
             "are already encrypted: the recipients are added", reporter);
  note_left_out(left_out, reporter);
}

}  // namespace imgcrypt
