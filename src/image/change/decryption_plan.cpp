#include "image/change/decryption_plan.hpp"

#include "image/change/layer_decryption.hpp"
#include "image/change/source_digest.hpp"
#include "image/tree/diff_ids.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace imgcrypt {
namespace {

// In two passes: what each layer must be follows from all manifests that hold it, so the changes are made
// only when every manifest has been seen.
class Planner {
 public:
  Planner(const ImageNode& tree, const UnwrappedKeys& unwrapped, DiffIdCheck check, Configs& configs,
          ImageSource& source, Reporter& reporter)
      : tree_(tree),
        unwrapped_(unwrapped),
        check_(check),
        configs_(configs),
        source_(source),
        reporter_(reporter),
        partly_encrypted_(documents_above(tree, [&](const Descriptor& layer) {
          return is_encrypted(layer.media_type) && !unwrapped.find(layer);
        })) {}

  ImagePlan run() {
    for_each_manifest(tree_, [&](const ImageNode& node, const Manifest& manifest) {
      const auto is_decrypted = [&](const Descriptor& layer) { return unwrapped_.find(layer) != nullptr; };
      // Whoever asks for the check gets it for plain images, too.
      const bool is_asked_for = check_ == DiffIdCheck::kAlways &&
                                is_image_config(manifest.config().media_type) &&
                                std::ranges::any_of(manifest.layers(), is_image_layer);
      if (is_asked_for || std::ranges::any_of(manifest.layers(), is_decrypted)) expect_layers(node, manifest);
    });
    reporter_.say_of_all(
        Importance::kNote, uncounted_,
        "configs list no diff_ids: the layers of their manifests are not compared with them");
    ImagePlan plan(tree_);
    for_each_layer(tree_, [&](const std::string&, const Descriptor& layer) {
      const auto expected = expected_.find(layer_id(layer));
      if (expected == expected_.end()) return;
      plan.change(layer, std::make_unique<LayerDecryption>(layer, unwrapped_.find(layer), expected->second,
                                                           source_, plan.content_notes(), reporter_));
    });
    const std::set<Digest> changed = plan.changed_documents();
    for_each_document(tree_, [&](const ImageNode& node, const Annotations& annotations) {
      const Digest& document = node.descriptor.digest;
      if (changed.contains(document)) plan.edit_document(document, document_edit(document, annotations));
    });
    // A map until here, as a layer of two manifests is read once and compared with what both say.
    for (auto& [id, layer] : plain_layers_) plan.check_first(std::move(layer));
    return plan;
  }

 private:
  void expect_layers(const ImageNode& node, const Manifest& manifest) {
    // Decided for the manifest as a whole: the recorded digest covers every layer that it lists, plain ones
    // included.
    const bool is_exact = check_ == DiffIdCheck::kAuto && becomes_exact(node, manifest);
    // Only what does not become what it was is compared, which for each layer is known at its end.
    const auto config = is_exact ? configs_.of(manifest) : std::nullopt;
    const auto problem = config ? config->diff_ids_problem : std::nullopt;
    const auto diff_ids = problem ? std::vector<std::optional<Digest>>() : diff_ids_to_check(node, manifest);
    if (check_ == DiffIdCheck::kAuto && diff_ids.empty() && !is_exact)
      uncounted_.push_back(node.place +
                           ": its config lists no diff_ids: its layers are not compared with them");
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      const bool is_checked = !diff_ids.empty() && diff_ids[i].has_value();
      const std::string place = layer_place(node, i);
      // Encrypted layers are checked while they are decrypted; another one may have been put in the place of
      // an encrypted layer, under any type.
      if (!is_encrypted(layer.media_type) && is_checked && !is_exact) {
        const auto at = plain_layers_.try_emplace(layer_id(layer), LayerToCheck{layer, place, nullptr, {}});
        // A plain image keeps Docker's types, but the check knows foreign layers by OCI's.
        at.first->second.layer.media_type = oci_type(layer.media_type).value_or(layer.media_type);
        at.first->second.diff_ids.try_emplace(*diff_ids[i], place);
      }
      const SharedLayerKeys keys = unwrapped_.find(layer);
      if (!keys) continue;
      // Exact only if all manifests that hold it become exact: the others need its diff_id.
      const auto exact = is_exact ? Digest::parse_if_valid(keys->options.source_digest) : std::nullopt;
      const auto at = expected_.try_emplace(layer_id(layer), ExpectedLayer{place, {}, exact}).first;
      if (!exact) at->second.exact = std::nullopt;
      if (problem) at->second.diff_ids_problem = problem;
      if (is_checked) at->second.diff_ids.try_emplace(*diff_ids[i], place);
    }
  }

  // Empty when nothing is to be compared. With --diff-ids=always there must be something.
  [[nodiscard]] std::vector<std::optional<Digest>> diff_ids_to_check(const ImageNode& node,
                                                                     const Manifest& manifest) const {
    if (check_ == DiffIdCheck::kNever)
      return {};  // the config may be missing or damaged, and need not be read
    auto diff_ids = diff_ids_of(configs_, node, manifest);
    if (!diff_ids.empty() || check_ != DiffIdCheck::kAlways) return diff_ids;
    throw Error(ErrorCode::kRefused,
                node.place + ": its config lists no diff_ids, so its layers cannot be compared with them",
                "without --diff-ids=always it is decrypted all the same");
  }

  // Whether the manifest becomes the one that was encrypted, if its layers are what their writer says. Making
  // the document beforehand costs microseconds; decompressing the layers would cost more than decrypting
  // them. Their writer is not trusted: LayerDecryption compares the digests that come out.
  [[nodiscard]] bool becomes_exact(const ImageNode& node, const Manifest& manifest) const {
    const auto record = newest_record(manifest.annotations());
    // Other tools do not record it: then only the diff_ids tell.
    if (!record) return false;
    DocumentEdit edit;
    for (const Descriptor& layer : manifest.layers()) {
      edit.elements.emplace_back();
      const SharedLayerKeys keys = unwrapped_.find(layer);
      if (!keys) continue;
      const auto before = Digest::parse_if_valid(keys->options.source_digest);
      if (!before) return false;
      edit.elements.back() = decrypted_edit(layer, *before);
    }
    edit.annotations = document_edit(node.descriptor.digest, manifest.annotations());
    const std::string document = manifest.edited(edit).raw();
    return Digest::of(as_bytes(document), node.descriptor.digest.algorithm()).string() ==
           manifest.annotations().at(*record);
  }

  // While some layers stay encrypted the record stays, so that a later decryption of the rest can compare.
  [[nodiscard]] AnnotationEdit document_edit(const Digest& document, const Annotations& annotations) const {
    const auto record = newest_record(annotations);
    if (!record || partly_encrypted_.contains(document)) return {};
    return {{}, {*record}};
  }

  const ImageNode& tree_;
  const UnwrappedKeys& unwrapped_;
  DiffIdCheck check_;
  Configs& configs_;
  ImageSource& source_;
  Reporter& reporter_;
  std::set<Digest> partly_encrypted_;   // documents above layers that stay encrypted
  std::vector<std::string> uncounted_;  // notes of manifests without diff_ids
  std::map<LayerId, ExpectedLayer> expected_;
  std::map<LayerId, LayerToCheck> plain_layers_;
};

}  // namespace

ImagePlan plan_decryption(const ImageNode& tree, const UnwrappedKeys& unwrapped, DiffIdCheck check,
                          Configs& configs, ImageSource& source, Reporter& reporter) {
  return Planner(tree, unwrapped, check, configs, source, reporter).run();
}

}  // namespace imgcrypt
