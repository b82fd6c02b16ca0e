#include "image/decrypt.hpp"

#include "image/rewrite.hpp"
#include "image/source_digest.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

struct LayerKeys {
  PrivateOptions options;
  PublicOptions public_options;
};

class LayerDecryption final : public LayerChange {
 public:
  LayerDecryption(const ImageNode& tree, const KeyUnwrappers& unwrappers) {
    for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
      for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
        try {
          add(manifest.layers()[i], unwrappers);
        } catch (const Error& error) {
          throw error.in(layer_place(node, i));
        }
      }
    });
  }

  [[nodiscard]] std::size_t layers() const noexcept { return keys_.size(); }

  [[nodiscard]] std::optional<std::string> changed_type(const Descriptor& layer) const override {
    if (!is_encrypted(layer.media_type)) return std::nullopt;
    return decrypted_type(layer.media_type);
  }

  DescriptorEdit change(const Descriptor& layer, Source& blob, ImageDestination& destination) override {
    const LayerKeys& keys = keys_.at(layer.digest);
    DecryptingSource plaintext(blob, keys.options, keys.public_options);
    DescriptorEdit edit;
    edit.digest = destination.put({std::nullopt, layer.digest.algorithm()}, plaintext);
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
  void add(const Descriptor& layer, const KeyUnwrappers& unwrappers) {
    if (!is_encrypted(layer.media_type)) {
      if (!has_encryption_annotations(layer.annotations)) return;
      throw Error(ErrorCode::kIntegrity, "annotations of encryption on a layer of type " + layer.media_type);
    }
    if (keys_.contains(layer.digest)) return;
    PublicOptions public_options = public_options_of(layer.annotations);
    keys_.emplace(layer.digest, LayerKeys{unwrap_private_options(layer.annotations, unwrappers),
                                          std::move(public_options)});
  }

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
  LayerDecryption decryption(tree, unwrappers);
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
