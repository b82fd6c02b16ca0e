#include "image/change/layer_rotation.hpp"

#include "layer/decrypting_source.hpp"
#include "layer/encrypting_source.hpp"
#include "layer/wrapped_keys.hpp"

namespace imgcrypt {

BlobInfo LayerRotation::expected_blob() const {
  return {.media_type = layer_.media_type,
          .size = layer_.size,
          .algorithm = layer_.digest.algorithm(),
          .made_from = layer_.digest};
}

DescriptorEdit LayerRotation::apply(Source& blob, BlobDestination& destination) const {
  PrivateOptions fresh = PrivateOptions::generate(layer_.digest);
  // What the plain layer was does not change, and decrypt compares with it.
  fresh.source_digest = keys_->options.source_digest;
  DescriptorEdit edit;
  edit.drops_urls = true;  // they lead to the old ciphertext, or to the plain layer
  edit.annotations.set = wrap_private_options(fresh, wrappers_);
  edit.annotations.removed = superseded_packets(layer_.annotations, edit.annotations.set);
  // The old HMAC is checked on the way, and the last chunk is held back until then. So a forged layer never
  // becomes a whole new blob with a right HMAC of its own.
  DecryptingSource plaintext(blob, keys_->options, layer_hmac(keys_->options, keys_->public_options));
  EncryptingSource ciphertext(plaintext, fresh);
  edit.digest = destination.put_blob(expected_blob(), ciphertext);
  set_public_options(edit.annotations.set, ciphertext.public_options());
  return edit;
}

}  // namespace imgcrypt
