// The phase after gather: which of the descriptors and keys open the layer.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "layer/layer_mac.hpp"
#include "streamproc/gather.hpp"

#include <cstdint>
#include <string>

namespace imgcrypt::streamproc {

// A layer whose key is known. Once its ciphertext was verified, `mac` is that of verify().
struct OpenedLayer {
  PrivateOptions options;
  LayerMac mac;            // of the ciphertext, for the next one who reads it
  std::string media_type;  // of the encrypted layer
  std::uint64_t size;      // of the ciphertext, bytes
};

// How often the whole blob is read to verify it. Anybody who can put an image into the store can have the
// decoder open a forged descriptor, by wrapping it for the node's own public key; each costs a pass.
inline constexpr std::size_t kMostPasses = 8;

// Walks the candidates to the first that a key opens and, where there is a file, whose HMAC the file has.
// When there is none it throws the failure that tells most: kIntegrity when a candidate was opened, kNoKey or
// kProvider (with what is wrong with the key directory) when none was, kNotFound as Candidates::next(). The
// message says so when there were candidates that were not tried. Throws kCancelled at once.
[[nodiscard]] OpenedLayer open_layer(Gathered& gathered, const KeyUnwrappers& keys);

}  // namespace imgcrypt::streamproc
