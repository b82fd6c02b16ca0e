#include "image/change/rotate.hpp"

#include "layer/decrypting_source.hpp"
#include "layer/encrypting_source.hpp"
#include "layer/wrapped_keys.hpp"

namespace imgcrypt {

DescriptorEdit LayerRotation::change(const Descriptor& layer, Source& blob, ImageDestination& destination) {
  const LayerKeys& old = keys_of(layer);
  PrivateOptions fresh = PrivateOptions::generate(layer.digest);
  fresh.source_digest = old.options.source_digest;
  DescriptorEdit edit;
  edit.annotations.set = wrap_private_options(fresh, wrappers());
  DecryptingSource plaintext(blob, old.options, layer_hmac(old.options, old.public_options));
  EncryptingSource ciphertext(plaintext, fresh);
  edit.digest = destination.put_blob({layer.media_type, layer.size, std::nullopt, layer.digest.algorithm()},
                                     ciphertext);
  set_public_options(edit.annotations.set, ciphertext.public_options());
  return edit;
}

void LayerRotation::complete(const Descriptor& layer, DescriptorEdit& edit) const {
  edit.annotations.removed = superseded_packets(layer.annotations, edit.annotations.set);
}

}  // namespace imgcrypt
