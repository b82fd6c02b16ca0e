// Everything with which a containerd's decoder opens layers. Safe for use by several threads, as unwrappers
// are.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "node/examine/decoder_use.hpp"

namespace imgcrypt {

// The keys of its directories and, where its programs are ours, its key providers, as the decoder asks them.
// Make it before secrets are read, as KeyProviders.
[[nodiscard]] KeyUnwrappers unwrappers_of(const ExaminedContainerd& containerd);

}  // namespace imgcrypt
