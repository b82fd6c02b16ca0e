#include "image/decrypt.hpp"

#include "image/convert.hpp"
#include "image/layer_keys.hpp"
#include "image/rewrite.hpp"
#include "image/selection.hpp"
#include "image/source_digest.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

#include <map>
#include <utility>

namespace imgcrypt {
namespace {

class LayerDecryption final : public LayerChange {
 public:
  explicit LayerDecryption(std::map<Digest, LayerKeys> keys) : keys_(std::move(keys)) {}

  [[nodiscard]] bool changes(const Descriptor& layer) const override {
    return is_encrypted(layer.media_type) && keys_.contains(layer.digest);
  }

  DescriptorEdit change(const Descriptor& layer, Source& blob, ReadAhead ahead,
                        ImageDestination& destination) override {
    const LayerKeys& keys = keys_.at(layer.digest);
    ReadAheadSource ciphertext(blob, ahead);
    DecryptingSource plaintext(ciphertext, keys.options, keys.public_options);
    ReadAheadSource stored(plaintext, ahead);
    DescriptorEdit edit;
    edit.digest = destination.put({std::nullopt, layer.digest.algorithm()}, stored);
    return edit;
  }

  void complete(const Descriptor& layer, DescriptorEdit& edit) const override {
    edit.media_type = decrypted_type(layer.media_type);
    for (const auto& [name, value] : layer.annotations) {
      if (name.starts_with(kEncryptionPrefix)) edit.annotations.removed.insert(name);
    }
  }

  [[nodiscard]] AnnotationEdit edit_document(const Descriptor&, const Annotations&) const override {
    return {{}, {kSourceDigest}};
  }

 private:
  std::map<Digest, LayerKeys> keys_;
};

const Annotations& annotations_of(const ImageNode& node) {
  if (const auto* index = std::get_if<Index>(&node.document)) return index->annotations();
  return std::get<Manifest>(node.document).annotations();
}

void note_exactness(const ImageNode& tree, const Descriptor& root, Reporter& reporter) {
  const Annotations& annotations = annotations_of(tree);
  const auto recorded = annotations.find(kSourceDigest);
  if (recorded == annotations.end()) {
    reporter.note(
        "encrypted by another tool: whether this is the very image that was encrypted is not recorded");
  } else if (recorded->second == root.digest.string()) {
    reporter.note("exact: this is the very image that was encrypted");
  } else {
    reporter.note("not exact: the image that was encrypted had the digest " + recorded->second);
  }
}

}  // namespace

Descriptor decrypt_image(ImageSource& source, ImageDestination& destination, const KeyUnwrappers& unwrappers,
                         unsigned jobs, Reporter& reporter) {
  const ImageNode stored = load_tree(source);
  const ImageNode tree = convert_to_oci(stored);
  check_annotations(tree);
  UnwrappedKeys unwrapped = unwrap_layer_keys(tree, choose_layers(tree, {}), unwrappers, jobs);
  if (!unwrapped.locked.empty()) throw Error(unwrapped.locked.front().why);
  const bool is_encrypted = !unwrapped.keys.empty();
  LayerDecryption decryption(std::move(unwrapped.keys));
  const Rewritten rewritten =
      rewrite_image(source, is_encrypted ? tree : stored, destination, decryption, jobs, reporter);
  note_replaced(rewritten, reporter);
  if (is_encrypted) {
    note_exactness(tree, rewritten.root, reporter);
  } else {
    reporter.note("not encrypted: copied as it is");
  }
  return rewritten.root;
}

}  // namespace imgcrypt
