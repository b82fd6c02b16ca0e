#include "image/change/dry_run.hpp"

#include "image/change/expected_image.hpp"
#include "image/change/plan_notes.hpp"
#include "image/change/referrers.hpp"
#include "image/tree/file_system.hpp"

namespace imgcrypt {
namespace {

// Everything that a later removal must leave alone.
class Kept {
 public:
  explicit Kept(const ImagePlan& plan) : plan_(plan), changed_(plan.changed_documents()) {}

  std::set<Digest> run() {
    visit(plan_.tree());
    return std::move(kept_);
  }

 private:
  void visit(const ImageNode& node) {
    if (!changed_.contains(node.descriptor.digest)) kept_.insert(node.descriptor.digest);
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      kept_.insert(manifest->config().digest);
      for (const Descriptor& layer : manifest->layers()) {
        const LayerChange* change = plan_.change_of(layer);
        // An empty blob stays empty, whatever is done to it.
        if (change == nullptr || change->new_blob() == NewBlob::kNone || layer.size == 0)
          kept_.insert(layer.digest);
      }
    }
    for (const ImageNode& child : node.children) visit(child);
  }

  const ImagePlan& plan_;
  std::set<Digest> changed_;
  std::set<Digest> kept_;
};

// What an index lists besides images may be missing, and is then told.
class ListedBesides {
 public:
  ListedBesides(ImageSource& source, ImageDestination& destination)
      : source_(source), destination_(destination) {}

  void visit(const ImageNode& node) {
    const auto* opaque = std::get_if<Opaque>(&node.document);
    if (opaque != nullptr && !opaque->is_missing) look_for(node);
    for (const ImageNode& child : node.children) visit(child);
  }
  [[nodiscard]] const std::vector<std::string>& missing() const noexcept { return missing_; }

 private:
  void look_for(const ImageNode& node) {
    try {
      source_.check_presence(node.descriptor);
    } catch (const Error& error) {
      if (destination_.has(node.descriptor)) return;
      if (error.code() != ErrorCode::kNotFound) throw error.in(node.place);
      if (!is_elsewhere(node.descriptor, error)) missing_.push_back(node.place);
    }
  }

  ImageSource& source_;
  ImageDestination& destination_;
  std::vector<std::string> missing_;  // places
};

}  // namespace

std::set<Digest> check_feasible(ImageSource& source, ImageDestination& destination, const ImagePlan& plan,
                                Reporter& reporter) {
  // In the order of rewrite_image(), so that a dry run ends with the error that the real run would end with.
  destination.check();
  announce_referrers(plan, destination, reporter);
  destination.expect(expected_image(plan));
  const auto check = [&](const Descriptor& blob, const std::string& place, bool is_changed) {
    try {
      source.check_presence(blob);
    } catch (const Error& error) {
      // What changes must be read here; what is copied may be at its urls, or at the destination already.
      if (is_changed || !(is_elsewhere(blob, error) || destination.has(blob))) throw error.in(place);
    }
  };
  for_each_manifest(plan.tree(), [&](const ImageNode& node, const Manifest& manifest) {
    check(manifest.config(), "config of " + node.place, false);
    for (std::size_t i = 0; i < manifest.layers().size(); ++i) {
      const Descriptor& layer = manifest.layers()[i];
      check(layer, layer_place(node, i), plan.change_of(layer) != nullptr);
    }
  });
  ListedBesides besides(source, destination);
  besides.visit(plan.tree());
  warn_of_missing(besides.missing(), reporter);
  return Kept(plan).run();
}

}  // namespace imgcrypt
