// The phase after open: the plaintext of an opened layer, to stdout.
#pragma once

#include "streamproc/ciphertext.hpp"
#include "streamproc/open.hpp"
#include "streamproc/options.hpp"

namespace imgcrypt::streamproc {

// What was verified before is checked once more as it is read, should it have changed: then the last 128 KiB
// are never written, nor are those of what was not verified before. If the layer is decompressed, but what
// comes out of it looks compressed still, the layer is written as it was stored: who tells by the first
// bytes, as containerd does, would take what is compressed twice for compressed once. Throws kIntegrity,
// kOther, kCancelled, whatever was written by then.
void write_layer(const OpenedLayer& layer, const Ciphertext& ciphertext, Inflate inflate);

}  // namespace imgcrypt::streamproc
