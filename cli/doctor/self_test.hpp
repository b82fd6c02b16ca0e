// The live test of doctor: a tiny image, encrypted for a key of the node, goes through a running containerd
// as any other would. For the main thread.
#pragma once

#include "cli/terminal/output.hpp"
#include "node/examine/examined_containerd.hpp"
#include "node/examine/node_keys.hpp"

#include <string>

namespace imgcrypt::cli {

struct SelfTestOptions {
  std::string address;      // of containerd's socket; empty: what its process or configuration says
  std::string snapshotter;  // empty: containerd's own choice
};

// Nothing of it is left, whatever happens; a process that is killed leaves a namespace, which the next
// self-test removes. Throws kCancelled.
[[nodiscard]] Findings self_test(const ExaminedContainerd& containerd, const NodeKeys& keys,
                                 const SelfTestOptions& options);

}  // namespace imgcrypt::cli
