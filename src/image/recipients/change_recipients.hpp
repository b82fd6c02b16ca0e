// The use cases recipients add and replace, and what they share with remove: who can decrypt the layers of an
// image that is already encrypted. Layers keep their bytes, except for rotation.
#pragma once

#include "image/change/carry_out.hpp"
#include "image/change/layer_rewrap.hpp"
#include "image/reporter.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

struct RecipientsResult : WriteResult {
  std::size_t layers = 0;  // whose recipients change; a layer that occurs twice counts once
};

// How, not for whom.
struct RecipientsOptions {
  BlobCheck check = BlobCheck::kAll;  // has no effect on rotation, which always checks
  WriteOptions write = {};
};

// The functions below leave nothing visible at the destination after an exception. Adding and replacing throw
// kRefused when no layer is encrypted, kNoKey when a layer cannot be
// opened, kIntegrity for damaged or forged content, kProvider, and what the stores throw. Their arguments
// must outlive the call only.

// Adds recipients to those of every encrypted layer. Throws kRefused also when a layer would have more than
// kMostPackets of a scheme. REQUIRES: at least one wrapper. With BlobCheck::kAll each encrypted layer is read
// once for its HMAC; else all of its packets that the keys open must at least agree, or this throws
// kIntegrity. No layer is written anew.
RecipientsResult add_recipients(ImageSource& source, ImageDestination& destination,
                                const KeyWrappers& wrappers, const KeyUnwrappers& unwrappers,
                                const RecipientsOptions& options, Reporter& reporter);

// Old recipients may have kept the keys of layers: only new keys shut them out.
enum class Rotation { kNone, kFreshKeys };

// Replaces all recipients of every encrypted layer; packets of unknown schemes go too. With kFreshKeys every
// layer is decrypted and encrypted again. REQUIRES: at least one wrapper.
RecipientsResult replace_recipients(ImageSource& source, ImageDestination& destination,
                                    const KeyWrappers& wrappers, const KeyUnwrappers& unwrappers,
                                    Rotation rotation, const RecipientsOptions& options, Reporter& reporter);

// What to say of an image that no command for recipients can change: kRefused.
[[nodiscard]] Error no_encrypted_layer();

}  // namespace imgcrypt
