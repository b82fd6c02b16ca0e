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

// What all tasks share.
struct Move {
  ImageSource& source;
  const Configs& configs;
  ImageDestination& destination;
  Progress& progress;
  StopFlag stop = false;
};

std::unique_ptr<Source> open(const Move& all, const Descriptor& blob, ChunkPool& pool) {
  if (const auto text = all.configs.text(blob)) return std::make_unique<MemorySource>(*text);
  return std::make_unique<OpenedWhenRead>(all.source, blob, pool);
}

void copy(const Task& task, Source& content, ImageDestination& destination) {
  try {
    put_unchanged(task.blob, content, destination);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound || !task.may_be_missing) throw;
  }
}

// Returns the edit of the blob's descriptor; nullopt for a blob that does not change.
std::optional<DescriptorEdit> move(const Task& task, Hands hands, const Move& all) {
  // The pool first: everything below holds its chunks.
  ChunkPool pool(hands);
  MovingBlob moving(all.progress, task.place, task.blob.size);
  const std::unique_ptr<Source> blob = open(all, task.blob, pool);
  StoppableSource stoppable(*blob, all.stop);
  CountingSource counted(stoppable, moving);
  std::optional<DescriptorEdit> edit;
  if (task.change != nullptr) {
    edit = task.change->apply(counted, all.destination);
  } else {
    copy(task, counted, all.destination);
  }
  moving.finish();
  return edit;
}

// Tells the progress what is to come; returns who gets a second hand.
HandsChoice prepare(const std::vector<Task>& tasks, unsigned jobs, Progress& progress) {
  std::uint64_t bytes = 0;
  for (const Task& task : tasks) bytes += task.blob.size;
  progress.plan(tasks.size(), bytes);
  const auto large =
      std::ranges::count_if(tasks, [](const Task& task) { return HandsChoice::is_large(task.blob.size); });
  return {static_cast<std::size_t>(large), jobs};
}

}  // namespace

std::map<LayerId, DescriptorEdit> move_blobs(ImageSource& source, const ImagePlan& plan,
                                             const Configs& configs, ImageDestination& destination,
                                             unsigned jobs, Progress& progress) {
  const StageTimer timer(progress, "moving blobs");
  const std::vector<Task> tasks = tasks_of(plan);
  HandsChoice choice = prepare(tasks, jobs, progress);
  Move all{source, configs, destination, progress};
  std::mutex mutex;
  std::map<LayerId, DescriptorEdit> edits;
  run_parallel(tasks.size(), jobs, all.stop, [&](std::size_t i) {
    const Task& task = tasks[i];
    const Hands hands = choice.next(task.blob.size);
    for (int tries = 1;; ++tries) {
      try {
        const auto edit = move(task, hands, all);
        const std::scoped_lock lock(mutex);
        if (edit) edits.emplace(layer_id(task.blob), *edit);
        return;
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kNetwork || tries == kTries) throw error.in(task.place);
      }
    }
  });
  return edits;
}

}  // namespace imgcrypt
