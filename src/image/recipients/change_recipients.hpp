// Who can open the encrypted layers of an image: more recipients, fewer, or others. The layers' bytes stay as
// they are, but for rotation.
#pragma once

#include "image/change/dry_run.hpp"
#include "image/change/layer_rewrap.hpp"
#include "image/reporter.hpp"
#include "transport/image_store.hpp"

namespace imgcrypt {

struct RecipientsResult {
  std::optional<Descriptor> root;  // nullopt after a dry run
  std::optional<Digest> replaced;  // an image that had the destination's name until now
  std::size_t layers = 0;          // blobs whose recipients changed
};

struct RecipientsOptions {
  BlobCheck check = BlobCheck::kHmac;
  DryRun dry_run = DryRun::kNo;
  unsigned jobs = 1;
};

// All three throw kRefused when no layer is encrypted; the first two kNoKey when a layer cannot be opened.

// Beside those there are.
RecipientsResult add_recipients(ImageSource& source, ImageDestination& destination,
                                const KeyWrappers& wrappers, const KeyUnwrappers& unwrappers,
                                const RecipientsOptions& options, Reporter& reporter);

// Who had the key of a layer still has it: only other keys shut old recipients out.
enum class Rotation { kNone, kFreshKeys };

// In place of those there are, packets of unknown schemes included. With kFreshKeys every layer is decrypted
// and encrypted again.
RecipientsResult replace_recipients(ImageSource& source, ImageDestination& destination,
                                    const KeyWrappers& wrappers, const KeyUnwrappers& unwrappers,
                                    Rotation rotation, const RecipientsOptions& options, Reporter& reporter);

// What they have in common: carries the plan out, which changes `layers` blobs, unless it is a dry run.
RecipientsResult carry_out(const ImagePlan& plan, std::size_t layers, ImageSource& source,
                           ImageDestination& destination, const RecipientsOptions& options,
                           Reporter& reporter);

}  // namespace imgcrypt
