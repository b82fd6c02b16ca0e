// One layer from ciphertext on stdin to plaintext on stdout, in phases: gather, open, write. For main alone.
#pragma once

#include "streamproc/options.hpp"

namespace imgcrypt::streamproc {

// Returns when the whole plaintext is written. Unless streaming, not a byte of it is written before the whole
// layer is authenticated. Throws Error, whose message names the layer once it is known; kCancelled after
// SIGINT, SIGTERM or SIGHUP, whatever was being done. One call a process: it takes file descriptor 3.
void decode_layer(const Options& options);

}  // namespace imgcrypt::streamproc
