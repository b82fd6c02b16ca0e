#include "image/recipient_list.hpp"

#include "image/recipient_numbers.hpp"
#include "image/tree/convert.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

class RecipientRemoval final : public LayerChange {
 public:
  explicit RecipientRemoval(std::set<std::string> identities) : identities_(std::move(identities)) {}

  [[nodiscard]] std::optional<AnnotationEdit> edit_of(const Descriptor& layer) const {
    if (!is_encrypted(layer.media_type)) return std::nullopt;
    return remove_recipients(layer.annotations, [&](const LayerRecipient& recipient) {
      return identities_.contains(identity(recipient));
    });
  }
  [[nodiscard]] bool changes(const Descriptor& layer) const override { return edit_of(layer).has_value(); }
  DescriptorEdit change(const Descriptor& layer, Source& blob, ImageDestination& destination) override {
    if (!destination.adopt(layer) && !destination.has(layer))
      destination.put_blob({layer.media_type, layer.size, layer.digest}, blob);
    return {};
  }
  void complete(const Descriptor& layer, DescriptorEdit& edit) const override {
    edit.annotations = *edit_of(layer);
  }

 private:
  std::set<std::string> identities_;
};

std::size_t count_changed(const ImageNode& tree, const RecipientRemoval& removal) {
  std::set<Digest> changed;
  for_each_manifest(tree, [&](const ImageNode& node, const Manifest& manifest) {
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      try {
        if (removal.changes(manifest.layers()[i])) changed.insert(manifest.layers()[i].digest);
      } catch (const Error& error) {
        throw error.in(layer_place(node, i));
      }
    }
  });
  return changed.size();
}

}  // namespace

RecipientList list_recipients(ImageSource& source) {
  RecipientNumbers numbers;
  std::vector<std::set<Digest>> opened;
  std::set<Digest> encrypted;
  for_each_manifest(load_tree(source), [&](const ImageNode&, const Manifest& manifest) {
    for (const Descriptor& layer : manifest.layers()) {
      if (!is_encrypted(layer.media_type)) continue;
      encrypted.insert(layer.digest);
      for (const LayerRecipient& recipient : describe_recipients(layer.annotations).list) {
        const std::size_t number = numbers.number_of(recipient);
        opened.resize(numbers.list().size());
        opened[number].insert(layer.digest);
      }
    }
  });
  RecipientList list;
  list.layers = encrypted.size();
  for (std::size_t i = 0; i < opened.size(); ++i)
    list.recipients.push_back({numbers.list()[i], opened[i].size()});
  return list;
}

RecipientsResult remove_recipients(ImageSource& source, ImageDestination& destination,
                                   const RecipientList& list, const std::set<std::size_t>& places,
                                   const RecipientsOptions& options, Reporter& reporter) {
  std::set<std::string> identities;
  for (const std::size_t place : places) identities.insert(identity(list.recipients.at(place).recipient));
  RecipientRemoval removal(std::move(identities));
  const ImageNode tree = convert_to_oci(load_tree(source));
  const std::size_t layers = count_changed(tree, removal);
  return rewrite_recipients(source, tree, destination, removal, layers, options, reporter);
}

}  // namespace imgcrypt
