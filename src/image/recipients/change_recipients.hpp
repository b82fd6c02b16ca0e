// The use cases recipients add and replace, and what they share with remove: who can decrypt the layers of an
// image that is already encrypted. Layers keep their bytes, except for rotation.
#pragma once

#include "image/change/dry_run.hpp"
#include "image/change/layer_rewrap.hpp"
#include "image/change/referrers.hpp"
#include "image/reporter.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

struct RecipientsResult {
  std::optional<Descriptor> root;  // nullopt after a dry run
  std::optional<Digest> replaced;  // another image that had the destination's name before
  std::size_t layers = 0;          // whose recipients change; a layer that occurs twice counts once
  std::set<Digest> kept;  // only of a dry run: what the result would name, of the blobs that there are
};

// How, not for whom. All three use cases take them.
struct RecipientsOptions {
  BlobCheck check = BlobCheck::kAll;  // has no effect on removal, and rotation always checks
  DryRun dry_run = DryRun::kNo;
  unsigned jobs = 1;  // layers at the same time, at least 1
  ReferrersChoice referrers = ReferrersChoice::kDrop;
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

// What they and remove_recipients() have in common: carries the plan out, which changes `layers` layers, or
// in a dry run checks that it could be. Throws as rewrite_image() and check_feasible().
RecipientsResult carry_out(ImagePlan plan, std::size_t layers, ImageSource& source,
                           ImageDestination& destination, const RecipientsOptions& options,
                           Reporter& reporter);

}  // namespace imgcrypt
