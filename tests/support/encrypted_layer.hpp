// A layer encrypted for some keys, with its descriptor.
#pragma once

#include "keys/key.hpp"
#include "keywrap/jwe/jwe.hpp"
#include "layer/encrypting_source.hpp"
#include "layer/unwrap_private_options.hpp"
#include "layer/wrapped_keys.hpp"
#include "support/memory_sink.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt::test {

struct EncryptedLayer {
  PrivateOptions options;
  PublicOptions public_options;
  std::string bytes;
  Descriptor descriptor;
};

// Annotations for these keys and no others.
inline Annotations wrap_for(const EncryptedLayer& layer, const std::vector<PrivateKey>& keys) {
  KeyWrappers wrappers;
  for (const PrivateKey& key : keys)
    wrappers.push_back(std::make_unique<JweWrapper>(PublicJwk{key.public_key(), {}, {}, {}}));
  Annotations annotations = wrap_private_options(layer.options, wrappers);
  set_public_options(annotations, layer.public_options);
  return annotations;
}

inline EncryptedLayer encrypt_layer(std::string_view plain, const std::vector<PrivateKey>& keys) {
  PrivateOptions options = PrivateOptions::generate(Digest::of(as_bytes(plain)));
  MemorySource source(to_bytes(as_bytes(plain)));
  EncryptingSource encrypting(source, options);
  std::string bytes(as_text(pump_all(encrypting)));
  const Digest digest = Digest::of(as_bytes(bytes));
  Descriptor descriptor{"application/vnd.oci.image.layer.v1.tar+encrypted",
                        digest,
                        bytes.size(),
                        {},
                        std::nullopt,
                        false,
                        false};
  EncryptedLayer layer{std::move(options), encrypting.public_options(), std::move(bytes),
                       std::move(descriptor)};
  layer.descriptor.annotations = wrap_for(layer, keys);
  return layer;
}

// The descriptor with another HMAC, which anybody who knows the layer can write. Each `number` makes another
// one.
inline Descriptor forged(const EncryptedLayer& layer, std::uint8_t number) {
  Descriptor descriptor = layer.descriptor;
  set_public_options(descriptor.annotations, {Bytes(32, number)});
  return descriptor;
}

}  // namespace imgcrypt::test
