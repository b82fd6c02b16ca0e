// What the user should know about a plan besides the layers that it changes. A dry run says the same.
#pragma once

#include "image/change/image_plan.hpp"
#include "image/reporter.hpp"

namespace imgcrypt {

// Notes entries of an index that are not images, and embedded content that goes because it changes. Warns,
// once for all, of documents of other types and of those that are layers, as what they name stays behind; of
// embedded content that was not a copy; of `urls` that go; of manifests and indexes that the source lacks;
// of documents about one that changes (OCI image specification, `subject`), such as signatures: they keep
// their bytes, and so the digest of what is no longer there; of those about one that is neither in the image
// nor, as a look there tells, at the destination; and of attestations whose manifest their index does not
// list. Throws as ImageDestination::has().
void note_plan(const ImagePlan& plan, ImageDestination& destination, Reporter& reporter);

// Warns, once for all, of entries of indexes that the source lacks.
void warn_of_missing(const std::vector<std::string>& entries, Reporter& reporter);

// Notes which platforms are not written, all in one line.
void note_left_out(const std::vector<std::string>& platforms, Reporter& reporter);
// Notes what else is not written, as the destination has no place for it (fitting_tree).
void note_no_place(const std::vector<std::string>& places, Reporter& reporter);

}  // namespace imgcrypt
