#include "image/rotate.hpp"

#include "layer/decrypting_source.hpp"
#include "layer/encrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {

bool LayerRotation::changes(const Descriptor& layer) const {
  return is_encrypted(layer.media_type) && keys_.contains(layer.digest);
}

DescriptorEdit LayerRotation::change(const Descriptor& layer, Source& blob, ReadAhead ahead,
                                     ImageDestination& destination) {
  const LayerKeys& old = keys_.at(layer.digest);
  PrivateOptions fresh = PrivateOptions::generate(layer.digest);
  fresh.source_digest = old.options.source_digest;
  DescriptorEdit edit;
  edit.annotations.set = wrap_private_options(fresh, wrappers_);
  ReadAheadSource old_ciphertext(blob, ahead);
  DecryptingSource plaintext(old_ciphertext, old.options, old.public_options);
  EncryptingSource ciphertext(plaintext, fresh);
  ReadAheadSource stored(ciphertext, ahead);
  edit.digest = destination.put({std::nullopt, layer.digest.algorithm()}, stored);
  set_public_options(edit.annotations.set, ciphertext.public_options());
  return edit;
}

void LayerRotation::complete(const Descriptor& layer, DescriptorEdit& edit) const {
  edit.annotations.removed = superseded_packets(layer.annotations, edit.annotations.set);
}

}  // namespace imgcrypt
