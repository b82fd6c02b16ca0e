#include "image/change/carry_out.hpp"

#include "image/change/plan_notes.hpp"
#include "image/change/rewrite.hpp"

#include <utility>

namespace imgcrypt {

WriteResult carry_out(ImagePlan& plan, const ImageNode& chosen, const Configs& configs, ImageSource& source,
                      ImageDestination& destination, const WriteOptions& options, Reporter& reporter) {
  note_plan(plan, reporter);
  settle_referrers(source, chosen, destination, options.referrers, plan, reporter);
  if (options.dry_run == DryRun::kYes) return {.kept = check_feasible(source, destination, plan)};
  Rewritten rewritten = rewrite_image(source, plan, configs, destination, options.jobs, reporter);
  if (rewritten.replaced) reporter.note("replaced " + rewritten.replaced->string());
  return {std::move(rewritten.root), std::move(rewritten.replaced), {}};
}

}  // namespace imgcrypt
