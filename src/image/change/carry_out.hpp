// The end of every use case that writes an image: the user is told what the plan means, what refers to the
// image is settled, and the image is written. A dry run only checks that it could be.
#pragma once

#include "image/change/dry_run.hpp"
#include "image/change/image_plan.hpp"
#include "image/change/referrers.hpp"
#include "image/reporter.hpp"
#include "image/tree/configs.hpp"

#include <optional>
#include <set>

namespace imgcrypt {

// What every such use case is told.
struct WriteOptions {
  ReferrersChoice referrers = ReferrersChoice::kDrop;
  DryRun dry_run = DryRun::kNo;
  unsigned jobs = 1;  // layers at the same time, at least 1
};

// What every such use case returns, beside results of its own.
struct WriteResult {
  std::optional<Descriptor> root = std::nullopt;  // as a reader finds it; nullopt after a dry run
  // Another image that had the destination's name before; after a dry run, one that has it.
  std::optional<Digest> replaced = std::nullopt;
  std::set<Digest> kept = {};  // only of a dry run: what the result would name, of the blobs that there are
};

// `chosen` is the part of the source that the plan is about, as settle_referrers() takes it. Notes which
// image has lost its name, if one has, or would. Throws as settle_referrers(), and as rewrite_image() or, in
// a dry run, check_feasible().
WriteResult carry_out(ImagePlan& plan, const ImageNode& chosen, const Configs& configs, ImageSource& source,
                      ImageDestination& destination, const WriteOptions& options, Reporter& reporter);

}  // namespace imgcrypt
