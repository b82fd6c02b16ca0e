// From a layer's packets and the user's keys to its private options: what every decryption starts with. Safe
// for use by several threads with the same unwrappers.
#pragma once

#include "keywrap/key_wrapper.hpp"
#include "layer/private_options.hpp"
#include "oci/descriptor.hpp"

#include <functional>
#include <string>

namespace imgcrypt {

// The private options from the first packet that one of the keys opens; keys are tried in their order, each
// with all packets that it reads. Throws kIntegrity when a packet was opened but is forged or malformed; else
// kProvider when a key provider failed, else kNoKey, both naming the recipients and the keys with the
// reasons (without a key only the recipients); kCancelled. However many recipients an image names, each key
// is tried for at most Attempts::kMost of them, and the error is a few lines long. `cure` is its hint unless
// a key gave a better one; if it is empty, the hint is to give one of the recipients' keys. `tell` gets
// one line on success: which key opened it, and why those that were tried before did not.
[[nodiscard]] PrivateOptions unwrap_private_options(const Annotations& annotations,
                                                    const KeyUnwrappers& unwrappers,
                                                    const std::string& cure = {},
                                                    const std::function<void(const std::string&)>& tell = {});

// Tries every key on every packet, as far as unwrap_private_options() would. Throws kIntegrity if one that
// opens holds another key or nonce than `options`: then one of its recipients cannot read the layer. What
// opens no packet, for whatever reason, is passed over. kCancelled as there.
void check_packets_agree(const Annotations& annotations, const KeyUnwrappers& unwrappers,
                         const PrivateOptions& options);

}  // namespace imgcrypt
