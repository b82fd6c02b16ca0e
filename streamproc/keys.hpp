// The keys of a layer, as what unwraps. Made by decode_layer for the phase open, once the
// sandbox is closed: this is where keys are parsed.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "streamproc/gather.hpp"

namespace imgcrypt::streamproc {

// The payload's keys, then the files of the directory, then those of devices, then the key providers: in the
// order of what they cost, so that a program is started only when no file opens the layer. A key of the
// payload that cannot be used is passed over. They need `gathered` no more.
[[nodiscard]] KeyUnwrappers keys_of(const Gathered& gathered);

}  // namespace imgcrypt::streamproc
