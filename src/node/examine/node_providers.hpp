// The key providers that a containerd's decoder has: those of its configuration, and our own for the keys in
// its directory. Starts them; for one thread.
#pragma once

#include "node/examine/decoder_use.hpp"

#include <string>

namespace imgcrypt {

// Where the decoder `program` has our own providers; empty if there is no such program.
[[nodiscard]] std::string libexec_beside(const std::string& program);

struct NodeProviders {
  Findings findings;
  std::size_t configured = 0;  // that may have keys
};

// `program` is the decoder that was found, empty for none: our own providers are looked for beside it. Throws
// kCancelled.
[[nodiscard]] NodeProviders examine_providers(const ExaminedContainerd& containerd, const DecoderUse& use,
                                              const std::string& program);

}  // namespace imgcrypt
