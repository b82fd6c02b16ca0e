#include "image/change/rewrap.hpp"

#include "layer/authenticated_source.hpp"
#include "layer/wrapped_keys.hpp"

namespace imgcrypt {

DescriptorEdit LayerRewrap::change(const Descriptor& layer, Source& blob, ImageDestination& destination) {
  const LayerKeys& keys = keys_of(layer);
  DescriptorEdit edit;
  edit.annotations.set = wrap_private_options(keys.options, wrappers());
  DescriptorEdit whole = edit;
  complete(layer, whole);
  AuthenticatedSource authenticated(blob, layer_hmac(keys.options, keys.public_options));
  Source& checked = options_.check == BlobCheck::kHmac ? static_cast<Source&>(authenticated) : blob;
  if (!destination.adopt(layer) && !destination.has(layer)) {
    destination.put_blob({layer.media_type, layer.size, layer.digest}, checked);
  } else if (options_.check == BlobCheck::kHmac) {
    drain(checked);
  }
  return edit;
}

void LayerRewrap::complete(const Descriptor& layer, DescriptorEdit& edit) const {
  if (options_.old == OldRecipients::kStay) {
    edit.annotations.set = join_packets(layer.annotations, edit.annotations.set);
  } else {
    edit.annotations.removed = superseded_packets(layer.annotations, edit.annotations.set);
  }
}

}  // namespace imgcrypt
