#include "image/encrypt.hpp"

#include "image/change/rewrap.hpp"
#include "image/change/source_digest.hpp"
#include "image/tree/convert.hpp"
#include "image/tree/diff_ids.hpp"
#include "image/tree/image_config.hpp"
#include "layer/encrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

class LayerEncryption final : public LayerChange {
 public:
  // Encrypts the layers whose blobs are in `plain`; those that `keys` open get the recipients beside theirs.
  LayerEncryption(const ImageNode& tree, std::set<Digest> plain, std::map<Digest, LayerKeys> keys,
                  const KeyWrappers& wrappers)
      : plain_(std::move(plain)),
        rewrap_(std::move(keys), wrappers, {}),
        wrappers_(wrappers),
        encrypted_before_(
            documents_above(tree, [](const Descriptor& layer) { return is_encrypted(layer.media_type); })) {}

  [[nodiscard]] bool changes(const Descriptor& layer) const override {
    return is_to_encrypt(layer) || rewrap_.changes(layer);
  }

  DescriptorEdit change(const Descriptor& layer, Source& blob, ImageDestination& destination) override {
    if (!is_to_encrypt(layer)) return rewrap_.change(layer, blob, destination);
    const PrivateOptions options = PrivateOptions::generate(layer.digest);
    DescriptorEdit edit;
    // Before a byte is moved: a key provider may refuse.
    edit.annotations.set = wrap_private_options(options, wrappers_);
    EncryptingSource ciphertext(blob, options);
    edit.digest = destination.put_blob(
        {encrypted_type(layer.media_type), layer.size, std::nullopt, layer.digest.algorithm()}, ciphertext);
    set_public_options(edit.annotations.set, ciphertext.public_options());
    return edit;
  }

  void complete(const Descriptor& layer, DescriptorEdit& edit) const override {
    if (is_to_encrypt(layer)) {
      edit.media_type = encrypted_type(layer.media_type);
    } else {
      rewrap_.complete(layer, edit);
    }
  }

  [[nodiscard]] AnnotationEdit edit_document(const Descriptor& document,
                                             const Annotations& annotations) const override {
    // What was encrypted before either says what it was, or nobody knows.
    if (annotations.contains(kSourceDigest) || encrypted_before_.contains(document.digest)) return {};
    return {{{kSourceDigest, document.digest.string()}}, {}};
  }

 private:
  [[nodiscard]] bool is_to_encrypt(const Descriptor& layer) const {
    return can_be_encrypted(layer) && plain_.contains(layer.digest);
  }

  std::set<Digest> plain_;
  LayerRewrap rewrap_;
  const KeyWrappers& wrappers_;
  std::set<Digest> encrypted_before_;  // documents above such layers
};

// The blobs of the tree's layers that are also layers of the base, whatever their compression there.
std::set<Digest> layers_of_base(ImageSource& source, const ImageNode& tree, ImageSource& base) {
  std::set<Digest> diff_ids;
  for_each_manifest(load_tree(base), [&](const ImageNode&, const Manifest& manifest) {
    const auto config = read_image_config(base, manifest);
    if (config) diff_ids.insert(config->diff_ids.begin(), config->diff_ids.end());
  });
  std::set<Digest> layers;
  for_each_manifest(tree, [&](const ImageNode&, const Manifest& manifest) {
    const auto config = read_image_config(source, manifest);
    if (!config) return;
    const std::size_t count = std::min(config->diff_ids.size(), manifest.layers().size());
    for (std::size_t i = 0; i < count; ++i) {
      if (diff_ids.contains(config->diff_ids[i])) layers.insert(manifest.layers()[i].digest);
    }
  });
  return layers;
}

// What becomes of each layer.
class Plan {
 public:
  Plan(ImageSource& source, const ImageNode& tree, const EncryptOptions& options, Progress& progress) {
    check_annotations(tree);
    const std::set<Digest> chosen = choose_layers(tree, options.selection.layers);
    const std::set<Digest> base =
        options.base != nullptr ? layers_of_base(source, tree, *options.base) : std::set<Digest>();
    if (options.unwrappers != nullptr) unwrap(tree, chosen, options, progress);
    for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
      for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
        const Descriptor& layer = manifest.layers()[i];
        layers_.push_back({layer_place(node, i), layer, outcome(layer, chosen, base), std::nullopt});
        layers_.back().plain = plain_blob(layers_.back());
        if (layers_.back().outcome == EncryptedAs::kEncrypted) plain_.insert(layer.digest);
      }
      // Nobody could decrypt an image whose layers and diff_ids cannot be told to belong together.
      const auto is_encrypted_now = [this](const Descriptor& layer) { return plain_.contains(layer.digest); };
      if (std::ranges::any_of(manifest.layers(), is_encrypted_now)) (void)diff_ids_of(source, node, manifest);
    });
  }

  [[nodiscard]] std::size_t count(EncryptedAs outcome) const {
    return static_cast<std::size_t>(std::ranges::count(layers_, outcome, &LayerOutcome::outcome));
  }
  [[nodiscard]] const std::vector<LayerOutcome>& layers() const noexcept { return layers_; }
  [[nodiscard]] LayerEncryption change(const ImageNode& tree, const KeyWrappers& wrappers) {
    return {tree, plain_, std::move(keys_), wrappers};
  }

 private:
  void unwrap(const ImageNode& tree, const std::set<Digest>& chosen, const EncryptOptions& options,
              Progress& progress) {
    UnwrappedKeys unwrapped = unwrap_layer_keys(tree, chosen, *options.unwrappers, options.jobs, progress);
    if (!unwrapped.locked.empty()) throw unwrapped.locked.front().error();
    keys_ = std::move(unwrapped.keys);
  }

  [[nodiscard]] EncryptedAs outcome(const Descriptor& layer, const std::set<Digest>& chosen,
                                    const std::set<Digest>& base) const {
    if (is_encrypted(layer.media_type))
      return keys_.contains(layer.digest) ? EncryptedAs::kRecipientsAdded : EncryptedAs::kKept;
    if (!can_be_encrypted(layer)) return EncryptedAs::kNotALayer;
    if (base.contains(layer.digest)) return EncryptedAs::kBase;
    return chosen.contains(layer.digest) ? EncryptedAs::kEncrypted : EncryptedAs::kNotChosen;
  }

  [[nodiscard]] std::optional<Digest> plain_blob(const LayerOutcome& layer) const {
    if (layer.outcome == EncryptedAs::kEncrypted) return layer.layer.digest;
    if (layer.outcome != EncryptedAs::kRecipientsAdded) return std::nullopt;
    return Digest::parse_if_valid(keys_.at(layer.layer.digest).options.source_digest);
  }

  std::vector<LayerOutcome> layers_;
  std::set<Digest> plain_;
  std::map<Digest, LayerKeys> keys_;
};

void check_worthwhile(const Plan& plan) {
  if (plan.count(EncryptedAs::kEncrypted) + plan.count(EncryptedAs::kRecipientsAdded) > 0) return;
  if (plan.count(EncryptedAs::kBase) + plan.count(EncryptedAs::kNotChosen) > 0) {
    throw Error(ErrorCode::kRefused, "none of the layers that could be encrypted is chosen",
                "see imgcrypt inspect for its layers, and --layer and --skip-base");
  }
  if (plan.count(EncryptedAs::kKept) > 0) {
    throw Error(ErrorCode::kRefused, "every layer is encrypted already",
                "to add recipients, give one of its keys with -k; to encrypt it afresh, decrypt it first");
  }
  throw Error(ErrorCode::kRefused, "the image has no layers to encrypt");
}

void note_conversion(const ImageNode& source, const ImageNode& converted, const Plan& plan,
                     Reporter& reporter) {
  if (source.descriptor.digest == converted.descriptor.digest) return;
  const bool was_plain = plan.count(EncryptedAs::kKept) + plan.count(EncryptedAs::kRecipientsAdded) == 0;
  reporter.note("Docker's media types become OCI's" +
                (was_plain ? ": decrypt will give back the OCI image " + converted.descriptor.digest.string()
                           : std::string()));
}

std::set<Digest> plain_layers(const ImageNode& tree) {
  std::set<Digest> layers;
  for_each_manifest(tree, [&](const ImageNode&, const Manifest& manifest) {
    for (const Descriptor& layer : manifest.layers()) {
      if (can_be_encrypted(layer) && layer.size > 0) layers.insert(layer.digest);
    }
  });
  return layers;
}

void note_count(std::size_t count, const std::string& what, Reporter& reporter) {
  if (count > 0) reporter.note(std::to_string(count) + (count == 1 ? " layer " : " layers ") + what);
}

void note_outcomes(const Plan& plan, const std::vector<std::string>& left_out, Reporter& reporter) {
  for (const LayerOutcome& layer : plan.layers()) {
    if (layer.outcome == EncryptedAs::kNotALayer)
      reporter.note(layer.place + " stays as it is: " + layer.layer.media_type);
  }
  note_count(plan.count(EncryptedAs::kNotChosen), "not chosen: readable by everyone", reporter);
  note_count(plan.count(EncryptedAs::kBase), "of the base: readable by everyone", reporter);
  note_count(plan.count(EncryptedAs::kKept), "encrypted already: the recipients stay as they are", reporter);
  note_count(plan.count(EncryptedAs::kRecipientsAdded), "encrypted already: the recipients are added",
             reporter);
  for (const std::string& platform : left_out) reporter.note("left out: " + platform);
}

}  // namespace

std::string description(EncryptedAs outcome) {
  switch (outcome) {
    case EncryptedAs::kEncrypted:
      return "is encrypted";
    case EncryptedAs::kRecipientsAdded:
      return "is encrypted already, gets the recipients";
    case EncryptedAs::kKept:
      return "is encrypted already, keeps its recipients";
    case EncryptedAs::kNotChosen:
      return "stays as it is: not chosen";
    case EncryptedAs::kBase:
      return "stays as it is: of the base";
    case EncryptedAs::kNotALayer:
      return "stays as it is: no image layer";
  }
  return {};
}

EncryptResult encrypt_image(ImageSource& source, ImageDestination& destination, const KeyWrappers& wrappers,
                            const EncryptOptions& options, Reporter& reporter) {
  const ImageNode stored = load_tree(source);
  const ImageNode converted = convert_to_oci(stored);
  const PlatformChoice choice = choose_platforms(source, converted, options.selection.platforms);
  Plan plan(source, choice.tree, options, reporter.progress());
  check_worthwhile(plan);
  note_conversion(stored, converted, plan, reporter);
  note_outcomes(plan, choice.left_out, reporter);
  note_untouched(choice.tree, reporter);
  EncryptResult result{std::nullopt, std::nullopt, plan.layers(), choice.left_out, {}};
  result.plain_left_out = plain_layers(converted);
  for (const Digest& layer : plain_layers(choice.tree)) result.plain_left_out.erase(layer);
  LayerEncryption encryption = plan.change(choice.tree, wrappers);
  if (options.dry_run == DryRun::kYes) {
    check_presence(source, destination, choice.tree, encryption);
    return result;
  }
  Rewritten rewritten = rewrite_image(source, choice.tree, destination, encryption, options.jobs, reporter);
  note_replaced(rewritten, reporter);
  result.root = std::move(rewritten.root);
  result.replaced = std::move(rewritten.replaced);
  return result;
}

}  // namespace imgcrypt
