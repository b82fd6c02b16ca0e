#include "image/recipients/remove_recipients.hpp"

#include "image/change/unchanged_blob.hpp"
#include "image/recipients/recipient_numbers.hpp"
#include "image/tree/convert_to_oci.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {
namespace {

// A layer whose blob stays and whose packets lose some recipients.
class RecipientRemoval final : public LayerChange {
 public:
  RecipientRemoval(Descriptor layer, AnnotationEdit edit)
      : layer_(std::move(layer)), edit_(std::move(edit)) {}

  [[nodiscard]] NewBlob new_blob() const noexcept override { return NewBlob::kNone; }
  [[nodiscard]] BlobInfo expected_blob() const override {
    return {layer_.media_type, layer_.size, layer_.digest};
  }
  [[nodiscard]] DescriptorEdit apply(Source& blob, BlobDestination& destination) const override {
    // The HMAC is not checked, as there is no key: nobody new is vouched for.
    put_unchanged(layer_, blob, destination);
    DescriptorEdit edit;
    edit.annotations = edit_;
    return edit;
  }

 private:
  Descriptor layer_;
  AnnotationEdit edit_;
};

// Returns how many layers change.
std::size_t plan_removal(ImagePlan& plan, const std::set<std::string>& identities) {
  std::set<LayerId> changed;
  for_each_layer(plan.tree(), [&](const std::string& place, const Descriptor& layer) {
    if (!is_encrypted(layer.media_type)) return;
    try {
      auto edit = without_recipients(layer.annotations, [&](const LayerRecipient& recipient) {
        return identities.contains(identity(recipient));
      });
      if (!edit || !changed.insert(layer_id(layer)).second) return;
      plan.change(layer, std::make_unique<RecipientRemoval>(layer, std::move(*edit)));
    } catch (const Error& error) {
      throw error.in(place);
    }
  });
  return changed.size();
}

}  // namespace

RecipientList list_recipients(ImageSource& source) {
  RecipientList list{{}, 0, load_tree(source), {}};
  require_manifests(list.image);
  RecipientNumbers numbers;
  std::set<LayerId> encrypted;
  for_each_layer(list.image, [&](const std::string& place, const Descriptor& layer) {
    if (!is_encrypted(layer.media_type) || !encrypted.insert(layer_id(layer)).second) return;
    std::set<std::size_t> of_layer;  // two of its packets may be for one recipient
    const LayerRecipients recipients = describe_recipients(layer.annotations);
    if (recipients.list.empty()) list.without.push_back(place);
    for (const LayerRecipient& recipient : recipients.list) {
      const std::size_t number = numbers.number_of(recipient);
      if (number == list.recipients.size()) list.recipients.push_back({recipient, 0});
      if (of_layer.insert(number).second) ++list.recipients[number].layers;
    }
  });
  list.layers = encrypted.size();
  return list;
}

RecipientsResult remove_recipients(ImageSource& source, ImageDestination& destination,
                                   const RecipientList& list, const std::set<std::size_t>& places,
                                   const WriteOptions& options, Reporter& reporter) {
  std::set<std::string> identities;
  for (const std::size_t place : places) identities.insert(identity(list.recipients.at(place).recipient));
  ImagePlan plan(convert_to_oci(list.image));
  const std::size_t layers = plan_removal(plan, identities);
  const Configs configs(source);  // empty: recipients do not depend on configs
  return {carry_out(plan, plan.tree(), configs, source, destination, options, reporter), layers};
}

}  // namespace imgcrypt
