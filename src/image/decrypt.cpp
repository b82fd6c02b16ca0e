#include "image/decrypt.hpp"

#include "base/parallel.hpp"
#include "image/convert.hpp"
#include "image/rewrite.hpp"
#include "image/source_digest.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

#include <mutex>
#include <set>

namespace imgcrypt {
namespace {

struct LayerKeys {
  PrivateOptions options;
  PublicOptions public_options;
};

struct EncryptedLayer {
  const Descriptor* layer;
  std::string place;
};

// One for each blob: a blob that occurs again is decrypted once.
std::vector<EncryptedLayer> encrypted_layers(const ImageNode& tree) {
  std::vector<EncryptedLayer> layers;
  std::set<Digest> seen;
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      if (is_encrypted(layer.media_type)) {
        if (seen.insert(layer.digest).second) layers.push_back({&layer, layer_place(node, i)});
      } else if (has_encryption_annotations(layer.annotations)) {
        throw Error(
            ErrorCode::kIntegrity,
            layer_place(node, i) + ": annotations of encryption on a layer of type " + layer.media_type);
      }
    }
  });
  return layers;
}

class LayerDecryption final : public LayerChange {
 public:
  // Unwraps the keys of all layers, several at once: a key may be far away.
  LayerDecryption(const ImageNode& tree, const KeyUnwrappers& unwrappers, unsigned jobs) {
    const std::vector<EncryptedLayer> layers = encrypted_layers(tree);
    std::mutex mutex;
    StopFlag stop;
    run_parallel(layers.size(), jobs, stop, [&](std::size_t i) {
      const auto& [layer, place] = layers[i];
      try {
        PublicOptions public_options = public_options_of(layer->annotations);
        LayerKeys keys{unwrap_private_options(layer->annotations, unwrappers), std::move(public_options)};
        const std::lock_guard lock(mutex);
        keys_.emplace(layer->digest, std::move(keys));
      } catch (const Error& error) {
        throw error.in(place);
      }
    });
  }

  [[nodiscard]] std::size_t layers() const noexcept { return keys_.size(); }

  [[nodiscard]] bool changes(const Descriptor& layer) const override {
    return is_encrypted(layer.media_type);
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
  LayerDecryption decryption(tree, unwrappers, jobs);
  const bool is_encrypted = decryption.layers() > 0;
  const Rewritten rewritten =
      rewrite_image(source, is_encrypted ? tree : stored, destination, decryption, jobs);
  note_replaced(rewritten, reporter);
  if (is_encrypted) {
    note_exactness(tree, rewritten.root, reporter);
  } else {
    reporter.note("not encrypted: copied as it is");
  }
  return rewritten.root;
}

}  // namespace imgcrypt
