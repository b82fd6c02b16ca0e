// The phase after gather: which of the descriptors and keys open the layer.
#pragma once

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

// Each try costs a pass over the whole blob, and anyone who can put an image into the store can wrap wrong
// options for our own key.
inline constexpr std::size_t kMostPasses = 8;

// From the first candidate that a key opens and, where there is a file, whose HMAC the ciphertext has. Throws
// when there is none: as Candidates::next(); else the failure of the first that was opened, kIntegrity as a
// rule, or, when none was, kNoKey or kProvider, with what is wrong with the key directory; the message says
// so when there were more candidates than were tried. kCancelled at once.
[[nodiscard]] OpenedLayer open_layer(Gathered& gathered);

}  // namespace imgcrypt::streamproc
