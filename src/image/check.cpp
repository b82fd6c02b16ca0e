#include "image/check.hpp"

#include "image/blob_checks.hpp"
#include "image/change/layer_keys.hpp"
#include "image/tree/convert_to_oci.hpp"
#include "image/tree/diff_ids.hpp"
#include "image/tree/file_system.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/layer_in_index.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

std::optional<Error> problem_of_data(const Descriptor& descriptor, const JsonView& text) {
  if (!descriptor.has_data || !embeds_other_content(text)) return std::nullopt;
  return Error(ErrorCode::kIntegrity,
               "its descriptor embeds, in \"data\", other content than it names, which everyone can read",
               "build the image without embedded data");
}

class Checker {
 public:
  Checker(ImageSource& source, const CheckOptions& options, Reporter& reporter)
      : source_(source), configs_(source), options_(options), reporter_(reporter) {}

  CheckResult run() {
    visit_image();
    blobs_.check(source_, options_, notes_, reporter_.progress());
    notes_.say(reporter_);
    reporter_.say_of_all(
        Importance::kNote, uncounted_,
        "configs list no diff_ids: nothing tells whether the layers of their manifests belong "
        "to them");
    reporter_.say_of_all(
        Importance::kWarning, unreadable_,
        "configs list diff_ids that cannot be read: nobody can compare the layers of their manifests with "
        "them");
    gather_problems();
    return std::move(result_);
  }

 private:
  // The documents are needed no longer than this, and may be large.
  void visit_image() {
    PlatformChoice choice = choose_platforms(configs_, load_tree(source_), options_.selection.platforms);
    result_.left_out = std::move(choice.left_out);
    check_embedded_root();
    // Before the conversion: it gives documents other digests.
    check_embedded_documents(choice.tree);
    // Docker's types are judged by their OCI names; nothing is written.
    const ImageNode tree = convert_to_oci(choice.tree);
    const std::set<LayerId> chosen = choose_layers(tree, options_.selection.layers);
    // Before the layers are visited, as their state depends on it.
    if (options_.unwrappers != nullptr) try_keys(tree, chosen, *options_.unwrappers);
    visit(tree, chosen);
  }

  // A key provider that fails, or that a key was named for which it cannot use, is a problem like others; the
  // rest can still be checked.
  void try_keys(const ImageNode& tree, const std::set<LayerId>& chosen, const KeyUnwrappers& unwrappers) {
    result_.has_tried_keys = true;
    try {
      unwrapped_ = unwrap_layer_keys(tree, chosen, unwrappers, options_.jobs, reporter_);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kProvider && error.code() != ErrorCode::kUsage) throw;
      result_.other_problems.push_back(error);
    }
  }

  void add_problem(const std::optional<Error>& problem, const std::string& place) {
    if (problem) result_.other_problems.push_back(problem->in(place));
  }

  void check_embedded_root() {
    const RootDescriptor& root = source_.root();
    if (root.raw.empty()) return;
    add_problem(problem_of_data(root.descriptor, JsonView(root.raw)), "the image");
  }

  void check_embedded_documents(const ImageNode& node) {
    const auto* index = std::get_if<Index>(&node.document);
    if (index == nullptr) return;
    const auto is_embedded = [](const Descriptor& child) { return child.has_data; };
    if (std::ranges::any_of(index->manifests(), is_embedded)) {
      const auto texts = JsonView(index->raw()).get("manifests").elements();
      for (std::size_t i = 0; i < texts.size(); ++i)
        add_problem(problem_of_data(index->manifests()[i], texts[i]), node.children[i].place);
    }
    for (const ImageNode& child : node.children) check_embedded_documents(child);
  }

  void visit(const ImageNode& node, const std::set<LayerId>& chosen) {
    if (const auto* opaque = std::get_if<Opaque>(&node.document)) visit_opaque(node, *opaque);
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) visit_manifest(node, *manifest, chosen);
    for (const ImageNode& child : node.children) visit(child, chosen);
  }

  void visit_opaque(const ImageNode& node, const Opaque& opaque) {
    const Descriptor& blob = node.descriptor;
    if (opaque.is_missing) {
      result_.other_problems.emplace_back(
          ErrorCode::kNotFound, node.place + ": " + blob.digest.string() + " is missing",
          "to check only the platforms that are present, select them with --platform");
    } else if (!is_layer_in_index(blob)) {
      others_.push_back({node.place, &blobs_.need(blob, node.place, nullptr)});
    } else if (options_.selection.layers.empty()) {
      add_layer("index entry " + node.place, blob, true, std::nullopt);
      result_.layers.back().is_listed_by_index = true;
    } else {
      // Positions are those of manifests' layers.
      pass_over("index entry " + node.place, blob, true);
      result_.passed_over.back().is_listed_by_index = true;
    }
  }

  void visit_manifest(const ImageNode& node, const Manifest& manifest, const std::set<LayerId>& chosen) {
    const bool is_unreadable = note_unreadable(node, manifest);
    const auto diff_ids = is_unreadable ? std::nullopt : check_config(node, manifest);
    if (diff_ids && diff_ids->empty()) check_uncounted(node, manifest, chosen);
    const auto known = diff_ids.value_or(std::vector<std::optional<Digest>>());
    const std::vector<bool> are_layers =
        is_unreadable ? file_system_layers_at_most(manifest) : file_system_layers(manifest, known);
    const auto texts = layer_texts(manifest);
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      if (!chosen.contains(layer_id(layer))) {
        pass_over(layer_place(node, i), layer, are_layers[i]);
        continue;
      }
      CheckedBlob& blob = add_layer(layer_place(node, i), layer, are_layers[i],
                                    layer.has_data ? problem_of_data(layer, texts[i]) : std::nullopt);
      // Gathered from all manifests, so that the blob is read once and compared with each of them.
      if (known.empty() || !known[i]) continue;
      blob.check.diff_ids.try_emplace(*known[i], layer_place(node, i));
      blobs_of_layers_.back().diff_id = known[i];
    }
  }

  // Whether the config lists diff_ids that cannot be read, and nobody asked to compare them.
  bool note_unreadable(const ImageNode& node, const Manifest& manifest) {
    if (options_.depth == CheckDepth::kContent) return false;
    try {
      const auto config = configs_.of(manifest);
      if (!config || !config->diff_ids_problem) return false;
      unreadable_.push_back(unreadable_diff_ids(node, *config->diff_ids_problem));
      return true;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      return false;  // check_config() meets it again, and gathers it
    }
  }

  // Only where one of them embeds something.
  static std::vector<JsonView> layer_texts(const Manifest& manifest) {
    const auto is_embedded = [](const Descriptor& layer) { return layer.has_data; };
    if (std::ranges::none_of(manifest.layers(), is_embedded)) return {};
    return JsonView(manifest.raw()).get("layers").elements();
  }

  struct BlobOfLayer {
    const CheckedBlob* blob;
    std::optional<Digest> diff_id = std::nullopt;  // what the layer's config says; another one's may differ
  };

  CheckedBlob& add_layer(const std::string& place, const Descriptor& layer, bool is_of_file_system,
                         std::optional<Error> problem) {
    // Its own description first, then why no key opens it.
    if (!problem) problem = problem_of(layer);
    result_.layers.push_back(
        {place, without_annotations(layer), state_of(layer, is_of_file_system), std::move(problem)});
    CheckedBlob& blob = blobs_.need(layer, place, unwrapped_.find(layer));
    blobs_of_layers_.push_back({&blob});
    return blob;
  }

  // Nobody looks at its blob, but its type tells whether everyone can read it.
  void pass_over(const std::string& place, const Descriptor& layer, bool is_of_file_system) {
    const LayerState state =
        is_encrypted(layer.media_type) ? LayerState::kEncrypted : state_of(layer, is_of_file_system);
    result_.passed_over.push_back({place, without_annotations(layer), state, std::nullopt});
  }

  // nullopt without a usable config: its layers are still checked, but for their diff_ids.
  std::optional<std::vector<std::optional<Digest>>> check_config(const ImageNode& node,
                                                                 const Manifest& manifest) {
    const Descriptor& config = manifest.config();
    const std::string place = "config of " + node.place;
    if (config.has_data) add_problem(problem_of_data(config, JsonView(manifest.raw()).get("config")), place);
    try {
      // Whoever reads an image's config sees whether it is there and intact.
      if (!is_image_config(config.media_type))
        others_.push_back({place, &blobs_.need(config, place, nullptr)});
      return diff_ids_of(configs_, node, manifest);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      result_.other_problems.push_back(error.in(place));
      return std::nullopt;
    }
  }

  // A config that lists no diff_ids. An artifact's layers need none, as long as they are plain: whoever reads
  // one sees what it is.
  void check_uncounted(const ImageNode& node, const Manifest& manifest, const std::set<LayerId>& chosen) {
    const bool is_image = is_image_config(manifest.config().media_type);
    const bool is_concerned = std::ranges::any_of(manifest.layers(), [&](const Descriptor& layer) {
      const bool is_counted_elsewhere = is_image ? is_image_layer(layer) : is_encrypted(layer.media_type);
      return is_counted_elsewhere && chosen.contains(layer_id(layer));
    });
    if (!is_concerned) return;
    const Error problem(
        ErrorCode::kRefused,
        node.place + ": its config lists no diff_ids: nothing tells whether its layers belong to it",
        "an artifact has none; an image must be built again");
    if (options_.depth == CheckDepth::kContent) {
      result_.other_problems.push_back(problem);
    } else {
      uncounted_.push_back(problem.message());
    }
  }

  [[nodiscard]] LayerState state_of(const Descriptor& layer, bool is_of_file_system) const {
    if (!is_encrypted(layer.media_type))
      return is_of_file_system ? LayerState::kPlain : LayerState::kNotALayer;
    if (options_.unwrappers == nullptr) return LayerState::kEncrypted;
    return unwrapped_.find(layer) ? LayerState::kOpens : LayerState::kLocked;
  }

  // What its descriptor alone shows.
  [[nodiscard]] std::optional<Error> problem_of(const Descriptor& layer) const {
    if (is_encrypted_twice(layer.media_type)) return encrypted_twice(layer.media_type);
    if (!is_encrypted(layer.media_type)) {
      if (!has_encryption_annotations(layer.annotations)) return std::nullopt;
      return Error(ErrorCode::kIntegrity,
                   "a layer of type " + layer.media_type + " has encryption annotations");
    }
    try {
      // Even without keys: when these are damaged, no key can open the layer.
      (void)public_options_of(layer.annotations);
      // Keys of the same blob elsewhere in the image may open it all the same.
      if (unwrapped_.find(layer) == nullptr) require_wrapped_keys(layer.annotations);
    } catch (const Error& error) {
      return error;
    }
    const LockedLayer* locked = unwrapped_.find_locked(layer);
    return locked == nullptr ? std::nullopt : std::optional(locked->why);
  }

  static std::optional<Error> problem_of_content(const BlobOfLayer& of_layer) {
    const CheckedBlob& blob = *of_layer.blob;
    if (blob.problem || !blob.content || !of_layer.diff_id) return blob.problem;
    try {
      check_diff_id(*of_layer.diff_id, *blob.content);
      return std::nullopt;
    } catch (const Error& error) {
      return error;
    }
  }

  // Damage weighs more than a missing key, and more than that a key opens the layer.
  void gather_problems() {
    for (std::size_t i = 0; i < result_.layers.size(); ++i) {
      CheckedLayer& layer = result_.layers[i];
      const std::optional<Error> of_blob = problem_of_content(blobs_of_layers_[i]);
      if (of_blob && !is_elsewhere(layer.layer, *of_blob)) layer.problem = of_blob;
      if (layer.problem && layer.state == LayerState::kOpens) layer.state = LayerState::kEncrypted;
    }
    for (const auto& [place, blob] : others_) add_problem(blob->problem, place);
  }

  ImageSource& source_;
  Configs configs_;
  const CheckOptions& options_;
  Reporter& reporter_;
  ContentNotes notes_;
  std::vector<std::string> uncounted_;   // notes of manifests without diff_ids
  std::vector<std::string> unreadable_;  // warnings of manifests whose diff_ids cannot be read
  UnwrappedKeys unwrapped_;
  BlobChecks blobs_;
  std::vector<BlobOfLayer> blobs_of_layers_;                        // one for each of result_.layers
  std::vector<std::pair<std::string, const CheckedBlob*>> others_;  // that are not layers, with their places
  CheckResult result_;
};

}  // namespace

CheckResult check_image(ImageSource& source, const CheckOptions& options, Reporter& reporter) {
  return Checker(source, options, reporter).run();
}

}  // namespace imgcrypt
