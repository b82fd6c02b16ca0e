#include "image/change/result_check.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

bool changes(const AnnotationEdit& edit, const Annotations& annotations) {
  const auto is_set = [&](const auto& annotation) {
    const auto found = annotations.find(annotation.first);
    return found != annotations.end() && found->second == annotation.second;
  };
  return !std::ranges::all_of(edit.set, is_set) ||
         std::ranges::any_of(edit.removed,
                             [&](const std::string& name) { return annotations.contains(name); });
}

bool changes(const DescriptorEdit& edit, const Descriptor& layer) {
  return edit.digest.value_or(layer.digest) != layer.digest ||
         edit.media_type.value_or(layer.media_type) != layer.media_type ||
         changes(edit.annotations, layer.annotations);
}

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorCode::kOther,
              "internal error: " + what + " was to change and did not; nothing was written");
}

}  // namespace

ResultCheck::ResultCheck(const ImageNode& before, const std::map<LayerId, DescriptorEdit>& edits)
    : edits_(edits),
      changing_(documents_above(before, [this](const Descriptor& layer) { return is_to_change(layer); })) {}

bool ResultCheck::is_to_change(const Descriptor& layer) const {
  const auto edit = edits_.find(layer_id(layer));
  return edit != edits_.end() && changes(edit->second, layer);
}

void ResultCheck::check(const Manifest& manifest) const {
  for (const Descriptor& layer : manifest.layers()) {
    if (is_to_change(layer)) fail("layer " + layer.digest.string());
  }
}

void ResultCheck::check(const Index& index) const {
  for (const Descriptor& document : index.manifests()) check_document(document);
}

void ResultCheck::check_document(const Descriptor& document) const {
  if (is_document(document) && changing_.contains(document.digest))
    fail("document " + document.digest.string());
}

void ResultCheck::check_sum(std::uint64_t bytes) {
  if (bytes <= kMostDocumentsBytes) return;
  throw Error(ErrorCode::kRefused,
              "the new documents of the image would be larger than 64 MiB together, which nothing could read",
              "each recipient adds up to one kilobyte per layer: use fewer recipients, or --platform");
}

}  // namespace imgcrypt
