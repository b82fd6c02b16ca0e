#include "image/change/rewrite.hpp"

#include "image/change/expected_image.hpp"
#include "image/change/layer_check.hpp"
#include "image/change/move_blobs.hpp"
#include "image/change/referrers.hpp"
#include "image/change/result_check.hpp"
#include "image/tree/child_edits.hpp"

#include <map>
#include <utility>

namespace imgcrypt {
namespace {

// The documents, from the leaves up since each needs the digests of those below; each once however often it
// occurs.
class DocumentWriter {
 public:
  DocumentWriter(const ImagePlan& plan, const std::map<LayerId, DescriptorEdit>& edits,
                 ImageDestination& destination)
      : plan_(plan), edits_(edits), destination_(destination), check_(plan.tree(), edits) {}

  Descriptor write_root() {
    const Written root = write(plan_.tree());
    check_.check_document(root.descriptor);
    ResultCheck::check_sum(root.bytes);
    return root.descriptor;
  }

 private:
  struct Written {
    Descriptor descriptor;
    std::uint64_t bytes;  // of the document and those below it, each as often as it is listed
  };

  Written write(const ImageNode& node) {
    const std::pair key(node.descriptor.digest, node.descriptor.media_type);
    const auto known = written_.find(key);
    if (known != written_.end()) return known->second;
    Written result{node.descriptor, 0};
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      result.descriptor = put(node.descriptor, manifest->raw(), edited_manifest(node, *manifest));
    } else if (const auto* index = std::get_if<Index>(&node.document)) {
      const std::string text = edited_index(node, *index, result.bytes);
      result.descriptor = put(node.descriptor, index->raw(), text);
    }
    if (is_document(node.descriptor)) result.bytes += result.descriptor.size;
    written_.emplace(key, result);
    return result;
  }

  std::string edited_manifest(const ImageNode& node, const Manifest& manifest) const {
    std::vector<DescriptorEdit> layers;
    bool is_changed = false;
    for (const Descriptor& layer : manifest.layers()) {
      const auto edit = edits_.find(layer_id(layer));
      layers.push_back(edit == edits_.end() ? DescriptorEdit() : edit->second);
      is_changed = is_changed || edit != edits_.end();
    }
    if (!is_changed) return manifest.raw();
    try {
      const Manifest edited = manifest.edited({{}, {}, layers, plan_.edit_of(node.descriptor.digest)});
      check_.check(edited);
      return edited.raw();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kRefused) throw error.in("the new manifest of " + node.place);
      throw Error(
          error.code(), "the new manifest of " + node.place + ": " + error.message(),
          "each recipient adds up to one kilobyte per layer, and encryption some annotations: use fewer "
          "recipients, or build the image with fewer annotations");
    }
  }

  // Adds the bytes of the documents below it.
  std::string edited_index(const ImageNode& node, const Index& index, std::uint64_t& bytes) {
    std::vector<std::optional<Descriptor>> now;
    bool is_changed = false;
    for (const ImageNode& child : node.children) {
      const Written below = write(child);
      bytes += below.bytes;
      now.emplace_back(below.descriptor);
      is_changed = is_changed || now.back()->digest != child.descriptor.digest;
    }
    if (!is_changed) return index.raw();
    const std::vector<DescriptorEdit> children = child_edits(index.manifests(), now);
    const Index edited = index.edited({{}, {}, children, plan_.edit_of(node.descriptor.digest)});
    check_.check(edited);
    return edited.raw();
  }

  Descriptor put(Descriptor descriptor, const std::string& old, const std::string& text) {
    if (text != old) {
      descriptor.digest = Digest::of(as_bytes(text), descriptor.digest.algorithm());
      descriptor.size = text.size();
    }
    destination_.put_document(descriptor, text);
    return descriptor;
  }

  const ImagePlan& plan_;
  const std::map<LayerId, DescriptorEdit>& edits_;
  ImageDestination& destination_;
  ResultCheck check_;
  // By media type too: an index may list a manifest a second time as something else, which is then not looked
  // into and stays as it is.
  std::map<std::pair<Digest, std::string>, Written> written_;
};

void put_unchanged_documents(const ImageNode& node, ImageDestination& destination) {
  for (const ImageNode& child : node.children) put_unchanged_documents(child, destination);
  if (const auto* manifest = std::get_if<Manifest>(&node.document))
    destination.put_document(node.descriptor, manifest->raw());
  if (const auto* index = std::get_if<Index>(&node.document))
    destination.put_document(node.descriptor, index->raw());
}

}  // namespace

Rewritten rewrite_image(ImageSource& source, const ImagePlan& plan, const Configs& configs,
                        ImageDestination& destination, unsigned jobs, Reporter& reporter) {
  // Everything that can fail without moving a byte, first.
  destination.check();
  announce_referrers(plan, destination, reporter);
  destination.expect(expected_image(plan));
  check_layers(source, plan.layers_to_check(), jobs, plan.content_notes(), reporter.progress());
  const auto edits = move_blobs(source, plan, configs, destination, jobs, reporter);
  plan.content_notes().say(reporter);
  const StageTimer timer(reporter.progress(), "writing documents");
  const Descriptor root = DocumentWriter(plan, edits, destination).write_root();
  for (const PlannedReferrer& planned : plan.referrers()) put_unchanged_documents(planned.tree, destination);
  return {root, destination.commit({root, source.root().raw})};
}

}  // namespace imgcrypt
