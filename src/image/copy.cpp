#include "image/copy.hpp"

#include "image/change/plan_notes.hpp"
#include "image/change/rewrite.hpp"
#include "image/tree/convert_to_oci.hpp"
#include "image/tree/selection.hpp"

#include <utility>

namespace imgcrypt {
namespace {

void check_digest(const ImageNode& stored, const ImageNode& copy, DigestRule rule) {
  if (rule == DigestRule::kMayChange || stored.descriptor.digest == copy.descriptor.digest) return;
  throw Error(ErrorCode::kRefused,
              "the copy would not have the digest " + stored.descriptor.digest.string() +
                  ": its documents would change",
              "leave out --preserve-digests, or --platform and --format");
}

}  // namespace

CopyResult copy_image(ImageSource& source, ImageDestination& destination, const CopyOptions& options,
                      Reporter& reporter) {
  Configs configs(source);
  const ImageNode stored = load_tree(source);
  const PlatformChoice choice = choose_platforms(configs, stored, options.platforms);
  ImagePlan plan(options.types == TypesChoice::kOci ? convert_to_oci(choice.tree) : choice.tree);
  check_digest(stored, plan.tree(), options.digest);
  CopyResult result;
  for_each_layer(plan.tree(), [&](const std::string& place, const Descriptor& layer) {
    result.layers.push_back({place, layer});
  });
  result.left_out = choice.left_out;
  note_left_out(choice.left_out, reporter);
  note_plan(plan, reporter);
  settle_referrers(source, choice.tree, destination, options.referrers, plan, reporter);
  if (options.dry_run == DryRun::kYes) {
    result.kept = check_feasible(source, destination, plan);
    return result;
  }
  Rewritten rewritten = rewrite_image(source, plan, configs, destination, options.jobs, reporter);
  note_replaced(rewritten, reporter);
  result.root = std::move(rewritten.root);
  result.replaced = std::move(rewritten.replaced);
  return result;
}

}  // namespace imgcrypt
