// A layer whose keys are known: verified first, then written to stdout as its plaintext or as what that
// decompresses to. A file is read without moving its position, which others may share.
#pragma once

#include "base/fd.hpp"
#include "layer/private_options.hpp"
#include "layer/public_options.hpp"

#include <cstdint>
#include <string>

namespace imgcrypt::streamproc {

struct OpenedLayer {
  PrivateOptions options;
  PublicOptions public_options;
  std::string media_type;  // of the encrypted layer
  std::uint64_t size;      // of the ciphertext, bytes
};

// Throws kIntegrity when the file has another size or HMAC than the layer.
void check_layer(const OpenedLayer& layer, const Fd& file);

// Whether the layer, which was checked, is one that its media type calls compressed, and is no longer once
// decompressed: who tells by the first bytes would take what is compressed twice for compressed once.
[[nodiscard]] bool is_inflatable(const OpenedLayer& layer, const Fd& file);

// Decrypted as it comes, without a check before: the last 64 KiB wait for the HMAC.
void write_streaming(const OpenedLayer& layer, Source& ciphertext);

// From the file that was checked. The HMAC is computed again, should the file have changed since.
void write_plaintext(const OpenedLayer& layer, const Fd& file);
void write_inflated(const OpenedLayer& layer, const Fd& file);

}  // namespace imgcrypt::streamproc
