#include "image/copy.hpp"

#include "image/change/fitting_tree.hpp"
#include "image/change/plan_notes.hpp"
#include "image/tree/convert_to_oci.hpp"
#include "image/tree/selection.hpp"

#include <utility>

namespace imgcrypt {
namespace {

void check_digest(const ImageNode& stored, const ImageNode& copy, const ImageDestination& destination,
                  DigestRule rule) {
  if (rule == DigestRule::kMayChange) return;
  if (!destination.keeps_documents()) {
    throw Error(ErrorCode::kRefused,
                "the digest " + stored.descriptor.digest.string() +
                    " cannot be preserved: the destination has no place for manifests",
                "write oci-archive:FILE, or leave out --preserve-digests");
  }
  if (stored.descriptor.digest == copy.descriptor.digest) return;
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
  const PlatformChoice fitting = fitting_tree(choice.tree, destination);
  ImagePlan plan(options.types == TypesChoice::kOci ? convert_to_oci(fitting.tree) : fitting.tree);
  check_digest(stored, plan.tree(), destination, options.digest);
  std::vector<CopiedLayer> layers;
  for_each_layer(plan.tree(), [&](const std::string& place, const Descriptor& layer) {
    layers.push_back({place, without_annotations(layer)});
  });
  note_left_out(choice.left_out, reporter);
  note_no_place(fitting.left_out, reporter);
  return {carry_out(plan, choice.tree, configs, source, destination, options.write, reporter),
          std::move(layers), choice.left_out};
}

}  // namespace imgcrypt
