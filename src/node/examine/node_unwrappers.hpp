// Everything with which a containerd's decoder, or CRI-O, opens layers. Safe for use by several threads, as
// unwrappers are.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "node/examine/decoder_use.hpp"

#include <string>

namespace imgcrypt {

// The keys of its directories and, where its programs are ours, its key providers, as the decoder asks them.
// Make it before secrets are read, as KeyProviders.
[[nodiscard]] KeyUnwrappers unwrappers_of(const ExaminedContainerd& containerd);
// The keys of CRI-O's directory. `root` is the node's; see read_containerd_config.
[[nodiscard]] KeyUnwrappers unwrappers_of_crio(const std::string& root, const std::string& directory);

}  // namespace imgcrypt
