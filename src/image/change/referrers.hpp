// What refers to an image by its digest, such as signatures and SBOMs, when the image is copied, encrypted or
// decrypted: it is left behind, and the user is told what that is, or it is taken along. It is never edited:
// a signature of other bytes would be worth nothing.
#pragma once

#include "image/change/image_plan.hpp"
#include "image/reporter.hpp"

namespace imgcrypt {

enum class ReferrersChoice { kDrop, kCopy };

// Looks for what refers to the source's root, to the documents of `chosen`, which is the image as it is there
// with the chosen platforms, and to those that were encrypted to become them, by their own records: such a
// referrer fits again when they are decrypted. kDrop: says in one note how many there are of each kind,
// leaving out those that fit the result and that the destination has already. When they cannot be listed,
// that is a note too. kCopy: adds them to the plan, and what refers to them in turn, but for those that
// list a layer which is encrypted anew, as it is now; warns of these, and of those that do not fit the
// result. Throws as ImageSource::referrers then, and kRefused when there are too many.
void settle_referrers(ImageSource& source, const ImageNode& chosen, ImageDestination& destination,
                      ReferrersChoice choice, ImagePlan& plan, Reporter& reporter);

// Tells the destination, after its check(), which referrers will be put. Warns of cosign's tags that they
// take from others: such a tag names one manifest, with all signatures of an image. Throws as
// ImageDestination::add_referrer and tagged_now.
void announce_referrers(const ImagePlan& plan, ImageDestination& destination, Reporter& reporter);

}  // namespace imgcrypt
