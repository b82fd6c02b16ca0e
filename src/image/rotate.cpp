#include "image/rotate.hpp"

#include "layer/decrypting_source.hpp"
#include "layer/encrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {

bool LayerRotation::changes(const Descriptor& layer) const {
  return is_encrypted(layer.media_type) && keys_.contains(layer.digest);
}

DescriptorEdit LayerRotation::change(const Descriptor& layer, Source& blob, Lane& lane,
                                     ImageDestination& destination) {
  const LayerKeys& old = keys_.at(layer.digest);
  PrivateOptions fresh = PrivateOptions::generate(layer.digest);
  fresh.source_digest = old.options.source_digest;
  DescriptorEdit edit;
  edit.annotations.set = wrap_private_options(fresh, wrappers_);
  DecryptingSource plaintext(blob, old.options, old.public_options, lane);
  EncryptingSource ciphertext(plaintext, fresh, lane);
  edit.digest = destination.put({std::nullopt, layer.digest.algorithm()}, ciphertext, lane);
  set_public_options(edit.annotations.set, ciphertext.public_options());
  return edit;
}

void LayerRotation::complete(const Descriptor& layer, DescriptorEdit& edit) const {
  edit.annotations.removed = superseded_packets(layer.annotations, edit.annotations.set);
}

}  // namespace imgcrypt
