// Docker and CRI-O, as far as they decrypt otherwise than a containerd of the node does. Starts the client
// `docker`; for one thread.
#pragma once

#include "node/examine/finding.hpp"

#include <string>

namespace imgcrypt {

// `root` is the directory that is the node's root, where nothing runs; empty: this machine. Nothing is said
// of a daemon that is neither running nor configured there. Throw kCancelled.
[[nodiscard]] Findings examine_docker(const std::string& root);
[[nodiscard]] Findings examine_crio(const std::string& root);

}  // namespace imgcrypt
