#include "image/decrypt.hpp"

#include "base/parallel.hpp"
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

  [[nodiscard]] std::optional<std::string> changed_type(const Descriptor& layer) const override {
    if (!is_encrypted(layer.media_type)) return std::nullopt;
    return decrypted_type(layer.media_type);
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

  [[nodiscard]] std::set<std::string> removed_annotations(const Descriptor& layer) const override {
    std::set<std::string> names;
    for (const auto& [name, value] : layer.annotations) {
      if (name.starts_with(kEncryptionPrefix)) names.insert(name);
    }
    return names;
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
  const ImageNode tree = load_tree(source);
  LayerDecryption decryption(tree, unwrappers, jobs);
  const Rewritten rewritten = rewrite_image(source, tree, destination, decryption, jobs);
  note_replaced(rewritten, reporter);
  if (decryption.layers() == 0) {
    reporter.note("not encrypted: copied as it is");
  } else {
    note_exactness(tree, rewritten.root, reporter);
  }
  return rewritten.root;
}

}  // namespace imgcrypt
