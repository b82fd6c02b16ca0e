#include "image/check.hpp"

#include "base/parallel.hpp"
#include "image/change/hands_choice.hpp"
#include "image/change/layer_check.hpp"
#include "image/change/layer_keys.hpp"
#include "image/tree/convert_to_oci.hpp"
#include "image/tree/diff_ids.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <mutex>

namespace imgcrypt {
namespace {

class Checker {
 public:
  Checker(ImageSource& source, const CheckOptions& options, Reporter& reporter)
      : source_(source), configs_(source), options_(options), reporter_(reporter) {}

  CheckResult run() {
    PlatformChoice choice = choose_platforms(configs_, load_tree(source_), options_.selection.platforms);
    result_.left_out = std::move(choice.left_out);
    // Docker's types are judged by their OCI names; nothing is written.
    const ImageNode tree = convert_to_oci(choice.tree);
    const std::set<LayerId> chosen = choose_layers(tree, options_.selection.layers);
    // Before the layers are visited, as their state depends on it.
    if (options_.unwrappers != nullptr) try_keys(tree, chosen, *options_.unwrappers);
    visit(tree, chosen);
    {
      const StageTimer timer(reporter_.progress(), "checking blobs");
      check_blobs();
    }
    gather_problems();
    return std::move(result_);
  }

 private:
  // A key provider that fails is a problem like others; the rest can still be checked.
  void try_keys(const ImageNode& tree, const std::set<LayerId>& chosen, const KeyUnwrappers& unwrappers) {
    try {
      unwrapped_ = unwrap_layer_keys(tree, chosen, unwrappers, options_.jobs, reporter_);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kProvider) throw;
      result_.problems.push_back(error);
    }
  }

  void visit(const ImageNode& node, const std::set<LayerId>& chosen) {
    if (const auto* opaque = std::get_if<Opaque>(&node.document); opaque != nullptr && opaque->is_missing) {
      result_.problems.emplace_back(
          ErrorCode::kNotFound, node.place + ": " + node.descriptor.digest.string() + " is missing",
          "to check only the platforms that are present, select them with --platform");
    }
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) visit_manifest(node, *manifest, chosen);
    for (const ImageNode& child : node.children) visit(child, chosen);
  }

  void visit_manifest(const ImageNode& node, const Manifest& manifest, const std::set<LayerId>& chosen) {
    const std::vector<std::optional<Digest>> diff_ids = check_config(node, manifest);
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      const LayerId id = layer_id(layer);
      if (!chosen.contains(id)) continue;
      result_.layers.push_back({layer_place(node, i), layer, state_of(layer), problem_of(layer)});
      const auto [at, is_new] =
          blobs_.try_emplace(id, LayerToCheck{layer, layer_place(node, i), unwrapped_.find(layer), {}});
      // Gathered from all manifests, so that the blob is read once and compared with each of them.
      if (!diff_ids.empty() && diff_ids[i]) at->second.diff_ids.insert(*diff_ids[i]);
    }
  }

  // Without a usable config its layers are still checked, but for their diff_ids.
  std::vector<std::optional<Digest>> check_config(const ImageNode& node, const Manifest& manifest) {
    try {
      // Whoever reads it sees that it is there.
      if (!is_image_config(manifest.config().media_type)) source_.check_presence(manifest.config());
      return diff_ids_of(configs_, node, manifest);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      result_.problems.push_back(error.in("config of " + node.place));
      return {};
    }
  }

  [[nodiscard]] LayerState state_of(const Descriptor& layer) const {
    if (!is_encrypted(layer.media_type))
      return can_be_encrypted(layer) ? LayerState::kPlain : LayerState::kNotALayer;
    if (options_.unwrappers == nullptr) return LayerState::kEncrypted;
    return unwrapped_.find(layer) ? LayerState::kOpens : LayerState::kLocked;
  }

  // What its descriptor alone shows.
  [[nodiscard]] std::optional<Error> problem_of(const Descriptor& layer) const {
    if (!is_encrypted(layer.media_type)) {
      if (!has_encryption_annotations(layer.annotations)) return std::nullopt;
      return Error(ErrorCode::kIntegrity,
                   "a layer of type " + layer.media_type + " has encryption annotations");
    }
    try {
      // Even without keys: when these are damaged, no key can open the layer.
      (void)public_options_of(layer.annotations);
    } catch (const Error& error) {
      return error;
    }
    const LockedLayer* locked = unwrapped_.find_locked(layer);
    return locked == nullptr ? std::nullopt : std::optional(locked->why);
  }

  void check_blobs() {
    std::vector<std::pair<LayerId, LayerToCheck>> blobs(blobs_.begin(), blobs_.end());
    // Looking at sizes takes no time worth sharing.
    const unsigned jobs = options_.depth == CheckDepth::kContent ? options_.jobs : 1;
    if (options_.depth == CheckDepth::kContent) {
      for (const auto& [key, blob] : blobs) reporter_.progress().plan(1, blob.layer.size);
    }
    StopFlag stop = false;
    std::mutex mutex;
    const auto large = std::ranges::count_if(
        blobs, [](const auto& blob) { return HandsChoice::is_large(blob.second.layer.size); });
    HandsChoice hands(static_cast<std::size_t>(large), jobs);
    run_parallel(blobs.size(), jobs, stop, [&](std::size_t i) {
      try {
        const Descriptor& blob = blobs[i].second.layer;
        options_.depth == CheckDepth::kContent
            ? check_layer_content(source_, blobs[i].second, hands.next(blob.size), stop, reporter_)
            : source_.check_presence(blob);
      } catch (const Error& error) {
        // As others would fetch it from its urls.
        const bool may_be_elsewhere = blobs[i].second.layer.has_urls && error.code() == ErrorCode::kNotFound;
        if (error.code() == ErrorCode::kCancelled) throw;
        const std::scoped_lock lock(mutex);
        if (!may_be_elsewhere) blob_problems_.emplace(blobs[i].first, error);
      }
    });
  }

  // Damage weighs more than a missing key.
  void gather_problems() {
    for (CheckedLayer& layer : result_.layers) {
      const auto of_blob = blob_problems_.find(layer_id(layer.layer));
      if (of_blob != blob_problems_.end()) layer.problem = of_blob->second;
      if (layer.problem) result_.problems.push_back(layer.problem->in(layer.place));
    }
  }

  ImageSource& source_;
  Configs configs_;
  const CheckOptions& options_;
  Reporter& reporter_;
  UnwrappedKeys unwrapped_;
  std::map<LayerId, LayerToCheck> blobs_;
  std::map<LayerId, Error> blob_problems_;
  CheckResult result_;
};

}  // namespace

std::string description(LayerState state) {
  switch (state) {
    case LayerState::kOpens:
      return "encrypted, a key opens it";
    case LayerState::kLocked:
      return "encrypted, locked";
    case LayerState::kEncrypted:
      return "encrypted";
    case LayerState::kPlain:
      return "not encrypted";
    case LayerState::kNotALayer:
      return "not an image layer";
  }
  return {};
}

std::size_t CheckResult::count(LayerState state) const {
  return static_cast<std::size_t>(std::ranges::count(layers, state, &CheckedLayer::state));
}

std::size_t CheckResult::encrypted() const {
  return count(LayerState::kOpens) + count(LayerState::kLocked) + count(LayerState::kEncrypted);
}

CheckResult check_image(ImageSource& source, const CheckOptions& options, Reporter& reporter) {
  return Checker(source, options, reporter).run();
}

// What is missing may explain what is damaged, and damage why no key opens it: the cause comes first.
std::optional<Error> worst_problem(const CheckResult& result) {
  for (const ErrorCode code : {ErrorCode::kNotFound, ErrorCode::kIntegrity, ErrorCode::kRegistry,
                               ErrorCode::kNetwork, ErrorCode::kProvider, ErrorCode::kNoKey}) {
    const auto found = std::ranges::find(result.problems, code, &Error::code);
    if (found != result.problems.end()) return *found;
  }
  return result.problems.empty() ? std::nullopt : std::optional(result.problems.front());
}

void require_encrypted(const CheckResult& result) {
  std::string plain;
  for (const CheckedLayer& layer : result.layers) {
    if (layer.state == LayerState::kPlain) plain += (plain.empty() ? "" : ", ") + layer.place;
  }
  if (plain.empty() && result.encrypted() > 0) return;
  throw Error(
      ErrorCode::kRefused, plain.empty() ? "the image has no encrypted layer" : "not encrypted: " + plain,
      result.count(LayerState::kPlain) == 0 ? "the image has no layer that can be encrypted"
                                            : "imgcrypt encrypt SRC DST -r RECIPIENT encrypts all layers");
}

}  // namespace imgcrypt
