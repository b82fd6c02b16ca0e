#include "image/change/rewrite.hpp"

#include "base/parallel.hpp"
#include "image/change/hands_choice.hpp"
#include "image/tree/child_edits.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace imgcrypt {
namespace {

// A blob to move: each once, however often it occurs.
struct Task {
  Descriptor blob;
  std::string place;
  bool is_changed = false;
};

class Rewriter {
 public:
  Rewriter(ImageSource& source, ImageDestination& destination, LayerChange& change, Progress& progress)
      : source_(source), destination_(destination), change_(change), progress_(progress) {}

  Rewritten run(const ImageNode& tree, unsigned jobs) {
    destination_.check();
    plan(tree);
    move_all(jobs);
    const StageTimer timer(progress_, "write the documents and commit");
    const Descriptor root = rewrite(tree);
    return {root, destination_.commit({root, source_.root().raw})};
  }

 private:
  void move_all(unsigned jobs) {
    const StageTimer timer(progress_, "move the blobs");
    std::uint64_t bytes = 0;
    for (const Task& task : tasks_) bytes += task.blob.size;
    progress_.plan(tasks_.size(), bytes);
    const auto large =
        std::ranges::count_if(tasks_, [](const Task& task) { return HandsChoice::is_large(task.blob.size); });
    HandsChoice hands(static_cast<std::size_t>(large), jobs);
    StopFlag stop = false;
    run_parallel(tasks_.size(), jobs, stop, [&](std::size_t i) {
      ChunkPool pool(hands.next(tasks_[i].blob.size));
      move(tasks_[i], stop, pool);
    });
  }

  // Whether something in it changes.
  bool plan(const ImageNode& node) {
    bool is_changed = false;
    if (const auto* opaque = std::get_if<Opaque>(&node.document); opaque != nullptr && !opaque->is_missing) {
      optional_.insert(node.descriptor.digest);
      add({node.descriptor, node.place});
    }
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      add({manifest->config(), "config of " + node.place});
      for (std::size_t i = 0; i < manifest->layers().size(); ++i) {
        const Descriptor& layer = manifest->layers()[i];
        const bool layer_changes = change_.changes(layer);
        if (layer_changes) refuse_embedded(layer, layer_place(node, i));
        is_changed = is_changed || layer_changes;
        add({layer, layer_place(node, i), layer_changes});
      }
    }
    for (const ImageNode& child : node.children) {
      if (!plan(child)) continue;
      refuse_embedded(child.descriptor, child.place);
      is_changed = true;
    }
    return is_changed;
  }

  // It would show the plaintext of an encrypted layer, or an old manifest.
  static void refuse_embedded(const Descriptor& descriptor, const std::string& place) {
    if (!descriptor.has_data) return;
    throw Error(ErrorCode::kRefused, place + ": its descriptor embeds the content in \"data\"",
                "build the image without embedded data");
  }

  void add(Task task) {
    if (planned_.insert({task.blob.digest, task.is_changed}).second) tasks_.push_back(std::move(task));
  }

  void move(const Task& task, const StopFlag& stop, ChunkPool& pool) {
    try {
      MovingBlob moving(progress_, task.place, task.blob.size);
      task.is_changed ? change_layer(task.blob, stop, moving, pool) : copy(task.blob, stop, moving, pool);
      moving.finish();
    } catch (const Error& error) {
      throw error.in(task.place);
    }
  }

  void change_layer(const Descriptor& layer, const StopFlag& stop, MovingBlob& moving, ChunkPool& pool) {
    const auto blob = source_.open(layer, pool);
    StoppableSource stoppable(*blob, stop);
    CountingSource counted(stoppable, moving);
    DescriptorEdit edit = change_.change(layer, counted, destination_);
    const std::scoped_lock lock(mutex_);
    edits_.emplace(layer.digest, std::move(edit));
  }

  void copy(const Descriptor& descriptor, const StopFlag& stop, MovingBlob& moving, ChunkPool& pool) {
    if (destination_.adopt(descriptor) || destination_.has(descriptor)) return;
    try {
      const auto blob = source_.open(descriptor, pool);
      StoppableSource stoppable(*blob, stop);
      CountingSource counted(stoppable, moving);
      destination_.put_blob({descriptor.media_type, descriptor.size, descriptor.digest}, counted);
    } catch (const Error& error) {
      // What its urls say where to fetch, or what an index lists beside images, need not be here.
      const bool may_be_elsewhere = descriptor.has_urls || optional_.contains(descriptor.digest);
      if (error.code() != ErrorCode::kNotFound || !may_be_elsewhere) throw;
    }
  }

  Descriptor rewrite(const ImageNode& node) {
    const auto known = rewritten_.find(node.descriptor.digest);
    if (known != rewritten_.end()) return known->second;
    Descriptor result = node.descriptor;
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      result = store(node.descriptor, manifest->raw(), rewrite_manifest(node, *manifest));
    } else if (const auto* index = std::get_if<Index>(&node.document)) {
      result = store(node.descriptor, index->raw(), rewrite_index(node, *index));
    }
    rewritten_.emplace(node.descriptor.digest, result);
    return result;
  }

  std::string rewrite_manifest(const ImageNode& node, const Manifest& manifest) {
    std::vector<DescriptorEdit> edits;
    bool changed = false;
    for (const Descriptor& layer : manifest.layers()) {
      edits.emplace_back();
      if (!change_.changes(layer)) continue;
      edits.back() = edits_.at(layer.digest);
      change_.complete(layer, edits.back());
      changed = true;
    }
    if (!changed) return manifest.raw();
    const AnnotationEdit annotations = change_.edit_document(node.descriptor, manifest.annotations());
    try {
      return manifest.edited({{}, {}, edits, annotations}).raw();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kRefused) throw error.in("the new manifest of " + node.place);
      throw Error(error.code(), "the new manifest of " + node.place + ": " + error.message(),
                  "each recipient of each layer takes up to a kilobyte of it: choose fewer of them");
    }
  }

  std::string rewrite_index(const ImageNode& node, const Index& index) {
    std::vector<std::optional<Descriptor>> now;
    bool changed = false;
    for (const ImageNode& child : node.children) {
      now.emplace_back(rewrite(child));
      changed = changed || now.back()->digest != child.descriptor.digest;
    }
    if (!changed) return index.raw();
    const std::vector<DescriptorEdit> edits = child_edits(index.manifests(), now);
    return index.edited({{}, {}, edits, change_.edit_document(node.descriptor, index.annotations())}).raw();
  }

  Descriptor store(Descriptor descriptor, const std::string& old, const std::string& text) {
    if (text != old) {
      descriptor.digest = Digest::of(as_bytes(text), descriptor.digest.algorithm());
      descriptor.size = text.size();
    }
    destination_.put_document(descriptor, text);
    return descriptor;
  }

  ImageSource& source_;
  ImageDestination& destination_;
  LayerChange& change_;
  Progress& progress_;
  std::vector<Task> tasks_;
  std::set<std::pair<Digest, bool>> planned_;
  std::set<Digest> optional_;
  std::mutex mutex_;
  std::map<Digest, DescriptorEdit> edits_;
  std::map<Digest, Descriptor> rewritten_;
};

}  // namespace

AnnotationEdit LayerChange::edit_document(const Descriptor&, const Annotations&) const { return {}; }

void note_untouched(const ImageNode& tree, Reporter& reporter) {
  if (const auto* opaque = std::get_if<Opaque>(&tree.document)) {
    reporter.note(tree.place + (opaque->is_missing
                                    ? " is not in the source: what the index says of it stays as it is"
                                    : " stays as it is: " + tree.descriptor.media_type));
  }
  for (const ImageNode& child : tree.children) note_untouched(child, reporter);
}

void note_replaced(const Rewritten& rewritten, Reporter& reporter) {
  if (rewritten.replaced)
    reporter.note("the name belonged to " + rewritten.replaced->string() + " until now");
}

Rewritten rewrite_image(ImageSource& source, const ImageNode& tree, ImageDestination& destination,
                        LayerChange& change, unsigned jobs, Reporter& reporter) {
  return Rewriter(source, destination, change, reporter.progress()).run(tree, jobs);
}

}  // namespace imgcrypt
