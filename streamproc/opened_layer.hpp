// A layer whose keys are known: verified first, then written to stdout as its plaintext or as what that
// decompresses to. A file is read without moving its position, which others may share.
#pragma once

#include "base/process/fd.hpp"
#include "layer/layer_mac.hpp"
#include "oci/digest.hpp"

#include <cstdint>
#include <string>

namespace imgcrypt::streamproc {

struct OpenedLayer {
  Digest digest;  // of the ciphertext
  PrivateOptions options;
  LayerMac mac;            // of the ciphertext, for the next one who reads it
  std::string media_type;  // of the encrypted layer
  std::uint64_t size;      // of the ciphertext, bytes
};

// Throws kIntegrity when the file has another size or HMAC than the layer. What is read behind it is checked
// again, by a MAC that is cheaper, should the file change.
void check_layer(OpenedLayer& layer, const Fd& file);

// Decrypted as it comes, without a check before: the last 128 KiB wait for the MAC.
void write_streaming(const OpenedLayer& layer, Source& ciphertext);

// From the file that was checked.
void write_plaintext(const OpenedLayer& layer, const Fd& file);

// The same, decompressed if it is of a compressed type; but what is still compressed then is left as it was
// stored: who tells by the first bytes would take what is compressed twice for compressed once.
void write_inflated(const OpenedLayer& layer, const Fd& file);

}  // namespace imgcrypt::streamproc
