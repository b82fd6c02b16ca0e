#include "image/change/layer_encryption.hpp"

#include "layer/encrypting_source.hpp"
#include "layer/wrapped_keys.hpp"
#include "oci/media_types.hpp"

namespace imgcrypt {

BlobInfo LayerEncryption::expected_blob() const {
  return {.media_type = encrypted_type(layer_.media_type),
          .size = layer_.size,
          .algorithm = layer_.digest.algorithm(),
          .made_from = layer_.digest};
}

DescriptorEdit LayerEncryption::apply(Source& blob, BlobDestination& destination) const {
  // Here and not in the plan: a second try must not use the same key stream for what may be other content.
  const PrivateOptions options = PrivateOptions::generate(layer_.digest);
  DescriptorEdit edit;
  edit.media_type = encrypted_type(layer_.media_type);
  // Whoever follows them would get the plain layer, without a key.
  edit.drops_urls = true;
  edit.annotations.set = wrap_private_options(options, wrappers_);
  EncryptingSource ciphertext(blob, options);
  edit.digest = destination.put_blob(expected_blob(), ciphertext);
  // The HMAC exists only now, after the last byte.
  set_public_options(edit.annotations.set, ciphertext.public_options());
  return edit;
}

}  // namespace imgcrypt
