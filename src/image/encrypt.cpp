#include "image/encrypt.hpp"

#include "image/convert.hpp"
#include "image/rewrite.hpp"
#include "image/source_digest.hpp"
#include "layer/encrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

// A layer that others fetch from its urls cannot be one that only we can read.
bool is_to_encrypt(const Descriptor& layer) {
  return is_plain_layer(layer.media_type) && !(is_nondistributable(layer.media_type) && layer.has_urls);
}

class LayerEncryption final : public LayerChange {
 public:
  explicit LayerEncryption(const KeyWrappers& wrappers) : wrappers_(wrappers) {}

  [[nodiscard]] bool changes(const Descriptor& layer) const override { return is_to_encrypt(layer); }

  DescriptorEdit change(const Descriptor& layer, Source& blob, ReadAhead ahead,
                        ImageDestination& destination) override {
    const PrivateOptions options = PrivateOptions::generate(layer.digest);
    DescriptorEdit edit;
    // Before a byte is moved: a key provider may refuse.
    edit.annotations.set = wrap_private_options(options, wrappers_);
    ReadAheadSource plaintext(blob, ahead);
    EncryptingSource ciphertext(plaintext, options);
    ReadAheadSource stored(ciphertext, ahead);
    edit.digest = destination.put({std::nullopt, layer.digest.algorithm()}, stored);
    set_public_options(edit.annotations.set, ciphertext.public_options());
    return edit;
  }

  void complete(const Descriptor& layer, DescriptorEdit& edit) const override {
    edit.media_type = encrypted_type(layer.media_type);
  }

  [[nodiscard]] AnnotationEdit edit_document(const Descriptor& document,
                                             const Annotations& annotations) const override {
    // One that is there already names the image as it was when nothing of it was encrypted.
    if (annotations.contains(kSourceDigest)) return {};
    return {{{kSourceDigest, document.digest.string()}}, {}};
  }

 private:
  const KeyWrappers& wrappers_;
};

struct Survey {
  std::size_t plain = 0;
  std::size_t encrypted = 0;
};

Survey survey(const ImageNode& tree, Reporter& reporter) {
  Survey found;
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      if (is_encrypted(layer.media_type)) {
        ++found.encrypted;
      } else if (has_encryption_annotations(layer.annotations)) {
        throw Error(
            ErrorCode::kIntegrity,
            layer_place(node, i) + ": annotations of encryption on a layer of type " + layer.media_type);
      } else if (is_to_encrypt(layer)) {
        ++found.plain;
      } else {
        reporter.note(layer_place(node, i) + " stays as it is: " + layer.media_type);
      }
    }
  });
  return found;
}

void check_worthwhile(const Survey& found, Reporter& reporter) {
  if (found.plain == 0 && found.encrypted > 0) {
    throw Error(ErrorCode::kRefused, "every layer is encrypted already",
                "decrypt it first to encrypt it for others");
  }
  if (found.plain == 0) throw Error(ErrorCode::kRefused, "the image has no layers to encrypt");
  if (found.encrypted > 0) {
    reporter.note(std::to_string(found.encrypted) +
                  " layers were encrypted already and keep their recipients");
  }
}

// Same layout: the plain image may still be there for everyone to read.
void note_plain_blobs(const ImageNode& tree, ImageDestination& destination, Reporter& reporter) {
  std::set<Digest> seen;
  for_each_manifest(tree, [&](const ImageNode&, const Manifest& manifest) {
    for (const Descriptor& layer : manifest.layers()) {
      if (is_to_encrypt(layer) && seen.insert(layer.digest).second && destination.has(layer)) {
        reporter.note("the destination still holds the plain layer " + layer.digest.string() +
                      ", readable by everyone");
      }
    }
  });
}

}  // namespace

Descriptor encrypt_image(ImageSource& source, ImageDestination& destination, const KeyWrappers& wrappers,
                         unsigned jobs, Reporter& reporter) {
  const ImageNode tree = convert_to_oci(load_tree(source));
  check_worthwhile(survey(tree, reporter), reporter);
  LayerEncryption encryption(wrappers);
  const Rewritten rewritten = rewrite_image(source, tree, destination, encryption, jobs);
  note_replaced(rewritten, reporter);
  note_plain_blobs(tree, destination, reporter);
  return rewritten.root;
}

}  // namespace imgcrypt
