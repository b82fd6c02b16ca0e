#include "image/change/layer_rewrap.hpp"

#include "image/change/unchanged_blob.hpp"
#include "layer/authenticated_source.hpp"
#include "layer/wrapped_keys.hpp"

namespace imgcrypt {

BlobInfo LayerRewrap::expected_blob() const { return {layer_.media_type, layer_.size, layer_.digest}; }

DescriptorEdit LayerRewrap::apply(Source& blob, BlobDestination& destination) const {
  DescriptorEdit edit;
  // Packets first: a provider that refuses, or one recipient too many, is known before hours of reading.
  edit.annotations.set = wrap_private_options(keys_->options, wrappers_);
  if (options_.old == OldRecipients::kStay) {
    JoinedPackets joined = join_packets(layer_.annotations, edit.annotations.set);
    edit.annotations.set = std::move(joined.annotations);
    notes_.add_renewed(joined.renewed);
  } else {
    edit.annotations.removed = superseded_packets(layer_.annotations, edit.annotations.set);
  }
  if (options_.check == BlobCheck::kNone) {
    put_unchanged(layer_, blob, destination);
    return edit;
  }
  // With kAll even where the blob is not moved: a new recipient trusts whoever wrapped the key for him.
  AuthenticatedSource authenticated(blob, layer_hmac(keys_->options, keys_->public_options));
  const bool is_read = put_unchanged(layer_, authenticated, destination);
  if (!is_read && options_.check == BlobCheck::kAll) drain(authenticated);
  return edit;
}

}  // namespace imgcrypt
