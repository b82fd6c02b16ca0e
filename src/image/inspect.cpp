#include "image/inspect.hpp"

#include "image/change/layer_keys.hpp"
#include "image/recipients/recipient_numbers.hpp"
#include "image/tree/child_edits.hpp"
#include "image/tree/configs.hpp"
#include "image/tree/diff_ids.hpp"
#include "image/tree/file_system.hpp"
#include "image/tree/read_document.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/layer_in_index.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <set>

namespace imgcrypt {
namespace {

// Which parts of an image are shown. The indexes above are shown as they are, not as an edit would make them:
// their digests are those that other tools know.
struct Shown {
  std::set<Digest> documents;  // not indexes: they are shown if something below them is
  std::set<LayerId> layers;
};

// Those that are listed but missing are shown as such.
void collect_documents(const ImageNode& node, std::set<Digest>& documents) {
  if (!std::holds_alternative<Index>(node.document)) documents.insert(node.descriptor.digest);
  for (const ImageNode& child : node.children) collect_documents(child, documents);
}

Shown choose(Configs& configs, const ImageNode& tree, const Selection& selection) {
  Shown shown;
  const ImageNode chosen = choose_platforms(configs, tree, selection.platforms).tree;
  collect_documents(chosen, shown.documents);
  shown.layers = choose_layers(chosen, selection.layers);
  return shown;
}

std::string problem_of(const Descriptor& layer) {
  if (is_encrypted_twice(layer.media_type)) return encrypted_twice(layer.media_type).message();
  if (!is_encrypted(layer.media_type)) {
    return has_encryption_annotations(layer.annotations)
               ? "it has encryption annotations, but its media type is not that of an encrypted layer"
               : "";
  }
  try {
    // Only what everybody can see: whether a key opens the layer is for `check` to say.
    require_wrapped_keys(layer.annotations);
    (void)public_options_of(layer.annotations);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

class Inspection {
 public:
  Inspection(ImageSource& source, Configs& configs, Shown shown, bool is_whole)
      : source_(source), configs_(configs), shown_(std::move(shown)), is_whole_(is_whole) {}

  ImageReport run(const ImageNode& tree) {
    DocumentReport root = inspect(tree);  // which counts and numbers
    return {std::move(root), totals_, numbers_.list()};
  }

 private:
  DocumentReport inspect(const ImageNode& node) {
    DocumentReport report{.descriptor = node.descriptor,
                          .platform = node.descriptor.platform,
                          .about = subject_of(node.descriptor),
                          .annotations = {},
                          .config = {},
                          .is_config_missing = false,
                          .layers = {},
                          .parts = {}};
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      add_manifest(report, node, *manifest);
    } else if (const auto* index = std::get_if<Index>(&node.document)) {
      report.kind = DocumentKind::kIndex;
      report.annotations = index->annotations();
      for (const ImageNode& child : node.children) {
        if (is_shown(child)) report.parts.push_back(inspect(child));
      }
    } else if (std::get<Opaque>(node.document).is_missing) {
      report.kind = DocumentKind::kMissing;
    } else if (is_layer_in_index(node.descriptor)) {
      count(node.descriptor);
    }
    return report;
  }

  [[nodiscard]] bool is_shown(const ImageNode& node) const {
    if (is_whole_ || shown_.documents.contains(node.descriptor.digest)) return true;
    return std::ranges::any_of(node.children, [&](const ImageNode& child) { return is_shown(child); });
  }

  void add_manifest(DocumentReport& report, const ImageNode& node, const Manifest& manifest) {
    const bool is_image = is_image_config(manifest.config().media_type);
    // An attestation has the config of an image, so its annotation decides.
    report.kind = report.about ? DocumentKind::kAttestation
                  : is_image   ? DocumentKind::kImage
                               : DocumentKind::kArtifact;
    report.annotations = manifest.annotations();
    report.config = manifest.config();
    const std::vector<bool> are_layers = read_config(report, node, manifest);
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      if (shown_.layers.contains(layer_id(layer))) add_layer(report, layer, i, are_layers[i]);
    }
  }

  // What it tells: the platform, and which blobs are layers. That it is damaged is for `check` to report.
  std::vector<bool> read_config(DocumentReport& report, const ImageNode& node, const Manifest& manifest) {
    try {
      // Whoever reads an image's config sees whether it is there.
      if (!is_image_config(manifest.config().media_type)) source_.check_presence(manifest.config());
      const auto config = configs_.of(manifest);
      const bool is_told = config && report.kind == DocumentKind::kImage && !config->platform.os.empty();
      if (is_told && !report.platform) report.platform = config->platform;
      return file_system_layers(manifest, diff_ids_of(configs_, node, manifest));
    } catch (const Error& error) {
      report.is_config_missing = error.code() == ErrorCode::kNotFound;
      if (error.code() != ErrorCode::kNotFound && error.code() != ErrorCode::kIntegrity &&
          error.code() != ErrorCode::kRefused)
        throw;
      return file_system_layers(manifest, {});
    }
  }

  void add_layer(DocumentReport& report, const Descriptor& layer, std::size_t position,
                 bool is_of_file_system) {
    LayerReport described{.descriptor = layer,
                          .position = position,
                          .is_image_layer = is_of_file_system,
                          .is_encrypted = is_encrypted(layer.media_type),
                          .recipients = {},
                          .problem = problem_of(layer)};
    if (described.is_encrypted) {
      const LayerRecipients recipients = describe_recipients(layer.annotations);
      for (const LayerRecipient& recipient : recipients.list)
        described.recipients.push_back(numbers_.number_of(recipient));
      described.omitted = recipients.omitted;
    }
    report.layers.push_back(std::move(described));
    if (is_of_file_system) count(layer);
  }

  // Platforms share layers; what is stored once counts once.
  void count(const Descriptor& layer) {
    if (!counted_.insert(layer.digest).second) return;
    ++totals_.layers;
    if (is_encrypted(layer.media_type)) ++totals_.encrypted;
    totals_.bytes += layer.size;
  }

  ImageSource& source_;
  Configs& configs_;
  Shown shown_;
  bool is_whole_;  // every platform, and what has none
  RecipientNumbers numbers_;
  std::set<Digest> counted_;
  LayerTotals totals_;
};

}  // namespace

ImageReport inspect_image(ImageSource& source, const Selection& selection) {
  const ImageNode tree = load_tree(source);
  Configs configs(source);
  return Inspection(source, configs, choose(configs, tree, selection), selection.platforms.empty()).run(tree);
}

Bytes read_root(ImageSource& source) {
  const Descriptor& root = source.root().descriptor;
  return read_document(source, root, "document " + root.digest.string());
}

Bytes read_config(ImageSource& source, const std::vector<Platform>& platforms) {
  const ImageNode tree = load_tree(source);
  std::vector<Descriptor> configs;
  std::string places;
  Configs by_config(source);
  for_each_manifest(choose_platforms(by_config, tree, platforms).tree,
                    [&](const ImageNode& node, const Manifest& manifest) {
                      if (subject_of(node.descriptor) || !is_image_config(manifest.config().media_type))
                        return;
                      configs.push_back(manifest.config());
                      places += (places.empty() ? "" : ", ") + node.place;
                    });
  // Nothing is missing: an artifact has no such config.
  if (configs.empty()) {
    throw Error(ErrorCode::kRefused, "no manifest of the image has an image config",
                "imgcrypt inspect --raw prints the manifest, or the index");
  }
  if (configs.size() > 1) {
    throw Error(ErrorCode::kUsage, "the index has " + std::to_string(configs.size()) + " images",
                "choose one with --platform: " + places);
  }
  return read_document(source, configs.front(), "config " + configs.front().digest.string());
}

}  // namespace imgcrypt
