#include "image/change/decryption.hpp"

#include "base/parallel.hpp"
#include "base/stream/peeked_source.hpp"
#include "image/change/source_digest.hpp"
#include "image/tree/diff_ids.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/inflate/diff_id.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {

LayerDecryption::LayerDecryption(ImageSource& source, const ImageNode& tree, std::map<Digest, LayerKeys> keys,
                                 DiffIdCheck check, Reporter& reporter)
    : source_(source), reporter_(reporter), keys_(std::move(keys)) {
  partly_encrypted_ = documents_above(
      tree, [this](const Descriptor& layer) { return is_encrypted(layer.media_type) && !changes(layer); });
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    const auto is_decrypted = [this](const Descriptor& layer) { return changes(layer); };
    if (std::ranges::any_of(manifest.layers(), is_decrypted)) expect_layers(node, manifest, check);
  });
}

bool LayerDecryption::changes(const Descriptor& layer) const {
  return is_encrypted(layer.media_type) && keys_.contains(layer.digest);
}

void LayerDecryption::expect_layers(const ImageNode& node, const Manifest& manifest, DiffIdCheck check) {
  const std::vector<std::optional<Digest>> diff_ids = diff_ids_of(source_, node, manifest);
  const bool is_exact = check == DiffIdCheck::kAuto && becomes_exact(node, manifest);
  for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
    const Descriptor& layer = manifest.layers()[i];
    const bool is_checked = check != DiffIdCheck::kNever && !diff_ids.empty() && diff_ids[i].has_value();
    if (can_be_encrypted(layer) && is_checked && !is_exact) {
      const auto at =
          plain_layers_.try_emplace(layer.digest, LayerToCheck{layer, layer_place(node, i), nullptr, {}});
      at.first->second.diff_ids.insert(*diff_ids[i]);
    }
    if (!changes(layer)) continue;
    const auto exact =
        is_exact ? Digest::parse_if_valid(keys_.at(layer.digest).options.source_digest) : std::nullopt;
    const auto [at, is_new] = expected_.try_emplace(layer.digest, ExpectedLayer{{}, exact});
    places_.emplace(layer.digest, layer_place(node, i));
    if (!exact) at->second.exact = std::nullopt;
    if (is_checked) at->second.diff_ids.insert(*diff_ids[i]);
  }
}

void LayerDecryption::check_plain_layers(unsigned jobs) const {
  std::vector<const LayerToCheck*> layers;
  for (const auto& [digest, layer] : plain_layers_) {
    reporter_.progress().plan(1, layer.layer.size);
    layers.push_back(&layer);
  }
  if (layers.empty()) return;
  const StageTimer timer(reporter_.progress(), "check the plain layers");
  StopFlag stop = false;
  run_parallel(layers.size(), jobs, stop, [&](std::size_t i) {
    try {
      check_layer_content(source_, *layers[i], Hands::kOne, reporter_);
    } catch (const Error& error) {
      throw error.in(layers[i]->place);
    }
  });
}

// Whether the manifest becomes the one that was encrypted, if its layers are what their writer says.
bool LayerDecryption::becomes_exact(const ImageNode& node, const Manifest& manifest) const {
  const auto recorded = manifest.annotations().find(kSourceDigest);
  if (recorded == manifest.annotations().end()) return false;
  DocumentEdit edit;
  for (const Descriptor& layer : manifest.layers()) {
    edit.elements.emplace_back();
    if (!changes(layer)) continue;
    edit.elements.back().digest = Digest::parse_if_valid(keys_.at(layer.digest).options.source_digest);
    if (!edit.elements.back().digest) return false;
    complete(layer, edit.elements.back());
  }
  edit.annotations = edit_document(node.descriptor, manifest.annotations());
  const std::string document = manifest.edited(edit).raw();
  return Digest::of(as_bytes(document), node.descriptor.digest.algorithm()).string() == recorded->second;
}

DescriptorEdit LayerDecryption::change(const Descriptor& layer, Source& blob, ImageDestination& destination) {
  const LayerKeys& keys = keys_.at(layer.digest);
  const ExpectedLayer& expected = expected_.at(layer.digest);
  DecryptingSource decrypted(blob, keys.options, layer_hmac(keys.options, keys.public_options));
  PeekedSource plaintext(decrypted, kMagicBytes);
  const Compression compression = detect_compression(plaintext.head());
  const HashAlgorithm stored_as = layer.digest.algorithm();
  const HashAlgorithm named_by =
      expected.diff_ids.empty() ? stored_as : expected.diff_ids.begin()->algorithm();
  // What is not compressed is its own diff_id.
  const bool is_its_own = compression == Compression::kNone && named_by == stored_as;
  std::optional<DiffIdSource> measured;
  if (!expected.diff_ids.empty() && !expected.exact && !is_its_own) measured.emplace(plaintext, named_by);
  const bool has_thread = measured && measured->has_thread();
  Source& stored = measured ? static_cast<Source&>(*measured) : plaintext;

  DescriptorEdit edit;
  edit.digest =
      destination.put_blob({decrypted_type(layer.media_type), layer.size, std::nullopt, stored_as}, stored);
  if (expected.exact != edit.digest && !expected.diff_ids.empty()) {
    check_diff_id(expected.diff_ids, has_thread   ? measured->diff_id()
                                     : is_its_own ? *edit.digest
                                                  : diff_id_by_second_read(layer, named_by));
  }
  const std::string& place = places_.at(layer.digest);
  if (keys.options.source_digest != edit.digest->string())
    reporter_.detail(place + ": its writer knew it as " + keys.options.source_digest);
  if (const auto note = compression_note(decrypted_type(layer.media_type), compression))
    reporter_.note(place + ": " + *note);
  return edit;
}

// For a layer that its writer calls another than it is, which is known at its end only.
Digest LayerDecryption::diff_id_by_second_read(const Descriptor& layer, HashAlgorithm algorithm) {
  const LayerKeys& keys = keys_.at(layer.digest);
  ChunkPool pool(Hands::kTwo);
  const auto blob = source_.open(layer, pool);
  DecryptingSource plaintext(*blob, keys.options, layer_hmac(keys.options, keys.public_options));
  return diff_id_of(plaintext, algorithm);
}

void LayerDecryption::complete(const Descriptor& layer, DescriptorEdit& edit) const {
  edit.media_type = decrypted_type(layer.media_type);
  for (const auto& [name, value] : layer.annotations) {
    if (name.starts_with(kEncryptionPrefix)) edit.annotations.removed.insert(name);
  }
}

// As long as some layers are encrypted, it still says what the image was before.
AnnotationEdit LayerDecryption::edit_document(const Descriptor& document, const Annotations&) const {
  if (partly_encrypted_.contains(document.digest)) return {};
  return {{}, {kSourceDigest}};
}

}  // namespace imgcrypt
