#include "image/rewrite.hpp"

#include "base/parallel.hpp"
#include "image/child_edits.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::uint64_t kLargeLayer = std::uint64_t{4} << 20U;  // bytes that are worth threads
constexpr unsigned kMostThreads = 4;                            // each has 4 MiB of buffers

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
    large_left_ = std::ranges::count_if(tasks_, is_large);
    StopFlag stop = false;
    run_parallel(tasks_.size(), jobs, stop, [&](std::size_t i) {
      Lane lane(lane_kind(tasks_[i], jobs));
      move(tasks_[i], stop, lane);
    });
  }

  void plan(const ImageNode& node) {
    if (const auto* opaque = std::get_if<Opaque>(&node.document); opaque != nullptr && !opaque->is_missing) {
      optional_.insert(node.descriptor.digest);
      add({node.descriptor, node.place});
    }
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      add({manifest->config(), "config of " + node.place});
      for (std::size_t i = 0; i < manifest->layers().size(); ++i) {
        const Descriptor& layer = manifest->layers()[i];
        refuse_embedded(layer, layer_place(node, i));
        add({layer, layer_place(node, i), change_.changes(layer)});
      }
    }
    for (const ImageNode& child : node.children) {
      refuse_embedded(child.descriptor, child.place);
      plan(child);
    }
  }

  static bool is_large(const Task& task) { return task.blob.size >= kLargeLayer; }

  // Blobs side by side fill the cores by themselves; the last ones need a second thread for that.
  LaneKind lane_kind(const Task& task, unsigned jobs) {
    const auto threads = static_cast<std::ptrdiff_t>(std::min(jobs - 1, kMostThreads));
    return is_large(task) && large_left_-- <= threads ? LaneKind::kThread : LaneKind::kInline;
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

  void move(const Task& task, const StopFlag& stop, Lane& lane) {
    try {
      MovingBlob moving(progress_, task.place, task.blob.size);
      task.is_changed ? change_layer(task.blob, stop, moving, lane) : copy(task.blob, stop, moving, lane);
      moving.finish();
    } catch (const Error& error) {
      throw error.in(task.place);
    }
  }

  void change_layer(const Descriptor& layer, const StopFlag& stop, MovingBlob& moving, Lane& lane) {
    const auto blob = source_.open(layer, &lane);
    StoppableSource stoppable(*blob, stop);
    CountingSource counted(stoppable, moving);
    DescriptorEdit edit = change_.change(layer, counted, lane, destination_);
    const std::scoped_lock lock(mutex_);
    edits_.emplace(layer.digest, std::move(edit));
  }

  void copy(const Descriptor& descriptor, const StopFlag& stop, MovingBlob& moving, Lane& lane) {
    if (destination_.has(descriptor)) return;
    try {
      const auto blob = source_.open(descriptor, &lane);
      StoppableSource stoppable(*blob, stop);
      CountingSource counted(stoppable, moving);
      destination_.put({descriptor.digest, descriptor.digest.algorithm()}, counted, lane);
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
      result = store(node.descriptor, manifest->raw(), rewrite_manifest(node.descriptor, *manifest));
    } else if (const auto* index = std::get_if<Index>(&node.document)) {
      result = store(node.descriptor, index->raw(), rewrite_index(node, *index));
    }
    rewritten_.emplace(node.descriptor.digest, result);
    return result;
  }

  std::string rewrite_manifest(const Descriptor& descriptor, const Manifest& manifest) {
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
    return manifest.edited({{}, {}, edits, change_.edit_document(descriptor, manifest.annotations())}).raw();
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
    MemorySource content(as_bytes(text));
    Lane lane(LaneKind::kInline);
    if (!destination_.has(descriptor))
      destination_.put({descriptor.digest, descriptor.digest.algorithm()}, content, lane);
    return descriptor;
  }

  ImageSource& source_;
  ImageDestination& destination_;
  LayerChange& change_;
  Progress& progress_;
  std::vector<Task> tasks_;
  std::set<std::pair<Digest, bool>> planned_;
  std::set<Digest> optional_;
  std::atomic<std::ptrdiff_t> large_left_ = 0;  // not begun
  std::mutex mutex_;
  std::map<Digest, DescriptorEdit> edits_;
  std::map<Digest, Descriptor> rewritten_;
};

}  // namespace

AnnotationEdit LayerChange::edit_document(const Descriptor&, const Annotations&) const { return {}; }

void note_replaced(const Rewritten& rewritten, Reporter& reporter) {
  if (rewritten.replaced)
    reporter.note("the name belonged to " + rewritten.replaced->string() + " until now");
}

Rewritten rewrite_image(ImageSource& source, const ImageNode& tree, ImageDestination& destination,
                        LayerChange& change, unsigned jobs, Reporter& reporter) {
  return Rewriter(source, destination, change, reporter.progress()).run(tree, jobs);
}

}  // namespace imgcrypt
