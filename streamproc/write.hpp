// The phase after open: the plaintext of an opened layer, to stdout.
#pragma once

#include "streamproc/ciphertext.hpp"
#include "streamproc/open.hpp"
#include "streamproc/options.hpp"

namespace imgcrypt::streamproc {

// Checks the layer again as it reads it: a file may have changed since it was verified, and what is streamed
// was not verified at all. When that fails, all but the last 128 KiB may have been written, never those.
// Decompressing is only a service: a layer of which not even the first MiB can be decompressed is written as
// it is stored, and containerd decides; so is one that looks compressed even then, as containerd tells by the
// first bytes and would take what was compressed twice for compressed once. Throws kIntegrity, kRefused,
// kOther; kCancelled. Whenever it throws, part of the layer may have been written. Before it looks at a
// decrypted byte, it narrows the sandbox.
void write_layer(const OpenedLayer& layer, const Ciphertext& ciphertext, Inflate inflate,
                 SandboxMode sandbox);

}  // namespace imgcrypt::streamproc
