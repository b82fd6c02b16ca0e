#include "image/change/move_blobs.hpp"

#include "base/parallel.hpp"
#include "image/change/hands_choice.hpp"
#include "image/change/unchanged_blob.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace imgcrypt {
namespace {

// How often a blob is begun when the network fails. Its transport has already repeated each request, but a
// stream cannot be continued in the middle: what was encrypted is gone.
constexpr int kTries = 3;

// A blob to move: each once, however often it occurs.
struct Task {
  Descriptor blob;
  std::string place;
  const LayerChange* change = nullptr;
  bool may_be_missing =
      false;  // wherever it occurs: has urls, or is not a manifest of the index that lists it
};

std::vector<Task> tasks_of(const ImagePlan& plan) {
  std::vector<Task> tasks;
  std::map<std::pair<Digest, std::uint64_t>, std::size_t> copied;  // places in `tasks`
  std::set<LayerId> changed;
  const auto change = [&](const Descriptor& layer, const std::string& place, const LayerChange* how) {
    if (changed.insert(layer_id(layer)).second) tasks.push_back({layer, place, how});
  };
  const auto copy = [&](const Descriptor& blob, const std::string& place, bool may_be_missing) {
    const auto [at, is_new] = copied.try_emplace({blob.digest, blob.size}, tasks.size());
    if (is_new) tasks.push_back({blob, place, nullptr, true});
    Task& task = tasks[at->second];
    task.may_be_missing = task.may_be_missing && may_be_missing;
  };
  const std::function<void(const ImageNode&)> visit = [&](const ImageNode& node) {
    const auto* opaque = std::get_if<Opaque>(&node.document);
    if (opaque != nullptr && !opaque->is_missing) copy(node.descriptor, node.place, true);
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      copy(manifest->config(), "config of " + node.place, manifest->config().has_urls);
      for (std::size_t i = 0; i < manifest->layers().size(); ++i) {
        const Descriptor& layer = manifest->layers()[i];
        const LayerChange* how = plan.change_of(layer);
        how != nullptr ? change(layer, layer_place(node, i), how)
                       : copy(layer, layer_place(node, i), layer.has_urls);
      }
    }
    for (const ImageNode& child : node.children) visit(child);
  };
  visit(plan.tree());
  return tasks;
}

// Opens a blob when it is first read, so that what the destination already has is never requested from the
// source.
class OpenedWhenRead final : public Source {
 public:
  OpenedWhenRead(ImageSource& store, const Descriptor& blob, ChunkPool& pool)
      : store_(store), blob_(blob), pool_(pool) {}

  [[nodiscard]] std::optional<Chunk> next() override {
    if (!opened_) opened_ = store_.open(blob_, pool_);
    return opened_->next();
  }

 private:
  ImageSource& store_;
  const Descriptor& blob_;
  ChunkPool& pool_;
  std::unique_ptr<Source> opened_;
};

class Mover {
 public:
  Mover(ImageSource& source, const Configs& configs, ImageDestination& destination, Progress& progress)
      : source_(source), configs_(configs), destination_(destination), progress_(progress) {}

  std::map<LayerId, DescriptorEdit> run(const std::vector<Task>& tasks, unsigned jobs) {
    std::uint64_t bytes = 0;
    for (const Task& task : tasks) bytes += task.blob.size;
    progress_.plan(tasks.size(), bytes);
    const auto large =
        std::ranges::count_if(tasks, [](const Task& task) { return HandsChoice::is_large(task.blob.size); });
    HandsChoice hands(static_cast<std::size_t>(large), jobs);
    StopFlag stop = false;
    run_parallel(tasks.size(), jobs, stop,
                 [&](std::size_t i) { move(tasks[i], hands.next(tasks[i].blob.size), stop); });
    return std::move(edits_);
  }

 private:
  void move(const Task& task, Hands hands, const StopFlag& stop) {
    for (int tries = 1;; ++tries) {
      try {
        return move_once(task, hands, stop);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kNetwork || tries == kTries) throw error.in(task.place);
      }
    }
  }

  void move_once(const Task& task, Hands hands, const StopFlag& stop) {
    // The pool first: everything below holds its chunks.
    ChunkPool pool(hands);
    MovingBlob moving(progress_, task.place, task.blob.size);
    const std::unique_ptr<Source> blob = open(task.blob, pool);
    StoppableSource stoppable(*blob, stop);
    CountingSource counted(stoppable, moving);
    if (task.change == nullptr) {
      copy(task, counted);
    } else {
      DescriptorEdit edit = task.change->apply(counted, destination_);
      const std::scoped_lock lock(mutex_);
      edits_.emplace(layer_id(task.blob), std::move(edit));
    }
    moving.finish();
  }

  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) const {
    if (const auto text = configs_.text(blob)) return std::make_unique<MemorySource>(*text);
    return std::make_unique<OpenedWhenRead>(source_, blob, pool);
  }

  void copy(const Task& task, Source& content) {
    try {
      put_unchanged(task.blob, content, destination_);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kNotFound || !task.may_be_missing) throw;
    }
  }

  ImageSource& source_;
  const Configs& configs_;
  ImageDestination& destination_;
  Progress& progress_;
  std::mutex mutex_;
  std::map<LayerId, DescriptorEdit> edits_;
};

}  // namespace

std::map<LayerId, DescriptorEdit> move_blobs(ImageSource& source, const ImagePlan& plan,
                                             const Configs& configs, ImageDestination& destination,
                                             unsigned jobs, Progress& progress) {
  const StageTimer timer(progress, "moving blobs");
  return Mover(source, configs, destination, progress).run(tasks_of(plan), jobs);
}

}  // namespace imgcrypt
