#include "image/change/carry_out.hpp"

#include "image/change/plan_notes.hpp"
#include "image/change/rewrite.hpp"

#include <utility>

namespace imgcrypt {
namespace {

// An image that is copied unchanged does not replace itself.
std::optional<Digest> would_replace(const ImagePlan& plan, ImageDestination& destination) {
  const Digest& root = plan.tree().descriptor.digest;
  const std::optional<Digest> now = destination.named_now();
  return now == root && !plan.changed_documents().contains(root) ? std::nullopt : now;
}

WriteResult try_out(const ImagePlan& plan, ImageSource& source, ImageDestination& destination,
                    Reporter& reporter) {
  WriteResult result{.kept = check_feasible(source, destination, plan, reporter)};
  result.replaced = would_replace(plan, destination);
  if (result.replaced) reporter.note("would replace " + result.replaced->string());
  return result;
}

}  // namespace

WriteResult carry_out(ImagePlan& plan, const ImageNode& chosen, const Configs& configs, ImageSource& source,
                      ImageDestination& destination, const WriteOptions& options, Reporter& reporter) {
  note_plan(plan, destination, reporter);
  settle_referrers(source, chosen, destination, options.referrers, plan, reporter);
  if (options.dry_run == DryRun::kYes) return try_out(plan, source, destination, reporter);
  Rewritten rewritten = rewrite_image(source, plan, configs, destination, options.jobs, reporter);
  if (rewritten.replaced) reporter.note("replaced " + rewritten.replaced->string());
  if (auto remade = destination.remade_root()) rewritten.root = std::move(*remade);
  return {std::move(rewritten.root), std::move(rewritten.replaced), {}};
}

}  // namespace imgcrypt
