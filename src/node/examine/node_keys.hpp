// The private keys that a containerd's decoder has. For one thread.
#pragma once

#include "keys/key.hpp"
#include "node/examine/decoder_use.hpp"

#include <string>
#include <vector>

namespace imgcrypt {

// What was found, and the keys that could be read.
struct NodeKeys {
  Findings findings;
  std::vector<PrivateKey> keys;  // RSA and EC ones
  std::size_t others = 0;        // of key providers
  [[nodiscard]] bool any() const noexcept { return !keys.empty() || others > 0; }
};

// Whether key providers may have keys, so that an empty directory is not a fault.
enum class KeysElsewhere { kNone, kMayBe };

// The command that puts the key `what` there with the right owner and mode.
[[nodiscard]] std::string put_key_command(const std::string& what, const std::string& directory,
                                          const std::string& root);

// Reads every file of the directory, which is below `root`; see read_containerd_config. Throws kCancelled.
[[nodiscard]] NodeKeys examine_keys(const std::string& directory, const std::string& root,
                                    KeysElsewhere elsewhere);

}  // namespace imgcrypt
