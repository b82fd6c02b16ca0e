#include "image/change/move_blobs.hpp"

#include "base/parallel.hpp"
#include "base/stream/sticky_failure.hpp"
#include "base/stream/stoppable_source.hpp"
#include "image/change/hands_choice.hpp"
#include "image/change/plan_notes.hpp"
#include "image/change/unchanged_blob.hpp"
#include "image/tree/network_tries.hpp"
#include "oci/layer_in_index.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace imgcrypt {
namespace {

// How many keys are drawn for one layer. With a single ciphertext left of 256, the chance that none of them
// gives it is 10^-14.
constexpr int kMostDraws = 8'192;

// A blob to move: each once, however often it occurs.
struct Task {
  const Descriptor* blob;  // in the plan's trees: an image may have tens of thousands, with all their packets
  std::string place;
  const LayerChange* change = nullptr;
  bool may_be_missing = false;  // wherever it occurs: is_foreign(), or not a manifest of the index above it
  BlobKind kind = BlobKind::kPlain;
};

// A blob that is copied here and changed there gives two tasks: both results are wanted. What is copied
// counts as one by digest and size; what changes by its LayerId, since equal blobs may be wrapped for
// different people.
std::vector<Task> tasks_of(const ImagePlan& plan) {
  std::vector<Task> tasks;
  std::map<std::pair<Digest, std::uint64_t>, std::size_t> copied;  // places in `tasks`
  std::set<LayerId> changed;
  const auto change = [&](const Descriptor& layer, const std::string& place, const LayerChange* how) {
    if (changed.insert(layer_id(layer)).second) tasks.push_back({&layer, place, how});
  };
  const auto copy = [&](const Descriptor& blob, const std::string& place, bool may_be_missing) {
    const auto [at, is_new] = copied.try_emplace({blob.digest, blob.size}, tasks.size());
    // Begins as true, which the next lines take back as soon as one place needs the blob.
    if (is_new) tasks.push_back({&blob, place, nullptr, true});
    Task& task = tasks[at->second];
    task.may_be_missing = task.may_be_missing && may_be_missing;
  };
  const std::function<void(const ImageNode&, bool)> visit = [&](const ImageNode& node, bool may_change) {
    const auto* opaque = std::get_if<Opaque>(&node.document);
    if (opaque != nullptr && !opaque->is_missing) {
      copy(node.descriptor, node.place, true);
      // Caches of BuildKit list layers, which are no manifests to a registry either.
      if (!is_layer_in_index(node.descriptor))
        tasks[copied.at({node.descriptor.digest, node.descriptor.size})].kind = BlobKind::kListed;
    }
    if (const auto* manifest = std::get_if<Manifest>(&node.document)) {
      copy(manifest->config(), "config of " + node.place, false);
      for (std::size_t i = 0; i < manifest->layers().size(); ++i) {
        const Descriptor& layer = manifest->layers()[i];
        const LayerChange* how = may_change ? plan.change_of(layer) : nullptr;
        how != nullptr ? change(layer, layer_place(node, i), how)
                       : copy(layer, layer_place(node, i), is_foreign(layer));
      }
    }
    for (const ImageNode& child : node.children) visit(child, may_change);
  };
  visit(plan.tree(), true);
  // What somebody signed stays as it was signed, whatever it has in common with the image.
  for (const PlannedReferrer& planned : plan.referrers()) visit(planned.tree, false);
  return tasks;
}

// Opens a blob when it is first read, so that what the destination already has is never requested from the
// source.
class OpenedWhenRead final : public Source {
 public:
  OpenedWhenRead(ImageSource& store, const Descriptor& blob, ChunkPool& pool)
      : store_(store), blob_(blob), pool_(pool) {}

  [[nodiscard]] std::optional<Chunk> next() override {
    return failure_.guard([this] {
      if (!opened_) opened_ = open_or_note();
      return opened_->next();
    });
  }

  // Whether the source said that it lacks the blob: what else is not found on the way is another matter.
  [[nodiscard]] bool is_missing() const noexcept { return is_missing_; }

 private:
  std::unique_ptr<Source> open_or_note() {
    try {
      return store_.open(blob_, pool_);
    } catch (const Error& error) {
      is_missing_ = error.code() == ErrorCode::kNotFound;
      throw;
    }
  }

  ImageSource& store_;
  const Descriptor& blob_;
  ChunkPool& pool_;
  std::unique_ptr<Source> opened_;
  StickyFailure failure_;
  bool is_missing_ = false;
};

// What all tasks share.
struct Move {
  ImageSource& source;
  const Configs& configs;
  Progress& progress;
  StopFlag stop = false;
};

// The content of one blob on its way: known already, or opened when it is read; counted, and stopped when
// another task fails.
class MovingContent {
 public:
  MovingContent(const Task& task, Hands hands, const Move& all)
      : pool_(hands),
        moving_(all.progress, task.place, task.blob->size),
        blob_(all.source, *task.blob, pool_),
        stoppable_(known(*task.blob, all.configs), all.stop),
        counted_(stoppable_, moving_) {}

  [[nodiscard]] Source& source() noexcept { return counted_; }
  [[nodiscard]] bool is_missing() const noexcept { return blob_.is_missing(); }
  void finish() noexcept { moving_.finish(); }
  void set_sent(std::uint64_t bytes) noexcept { moving_.set_sent(bytes); }

 private:
  // A config that was read for its diff_ids has been verified then: on a registry reading it again would be
  // another request.
  Source& known(const Descriptor& blob, const Configs& configs) {
    const auto text = configs.text(blob);
    if (!text) return blob_;
    return known_.emplace(*text);
  }

  ChunkPool pool_;  // the first: all others hold its chunks
  MovingBlob moving_;
  OpenedWhenRead blob_;
  std::optional<MemorySource> known_;
  StoppableSource stoppable_;
  CountingSource counted_;
};

// The destination of one blob, which tells the progress what was sent.
class WatchedDestination final : public BlobDestination {
 public:
  // Both must outlive it.
  WatchedDestination(BlobDestination& inner, MovingContent& content) : inner_(inner), content_(content) {}
  [[nodiscard]] bool has(const Descriptor& blob) override { return inner_.has(blob); }
  [[nodiscard]] bool adopt(const Descriptor& blob) override { return inner_.adopt(blob); }
  Digest put_blob(const BlobInfo& info, Source& content) override {
    BlobInfo watched = info;
    watched.on_sent = [this](std::uint64_t bytes) { content_.set_sent(bytes); };
    return inner_.put_blob(watched, content);
  }

 private:
  BlobDestination& inner_;
  MovingContent& content_;
};

// Returns whether it is at the destination now. What may be missing: a foreign layer, which everyone can
// fetch from its urls, and what an index lists besides images.
bool copy(const Task& task, MovingContent& content, BlobDestination& destination) {
  try {
    put_unchanged(*task.blob, content.source(), destination, task.kind);
  } catch (const Error&) {
    if (!content.is_missing() || !task.may_be_missing) throw;
    return false;
  }
  return true;
}

// The entries of indexes that nobody has, in the image's order.
std::vector<std::string> missing_entries(const std::vector<Task>& tasks,
                                         const std::vector<char>& are_absent) {
  std::vector<std::string> places;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (are_absent[i] != 0 && !is_foreign(*tasks[i].blob)) places.push_back(tasks[i].place);
  }
  return places;
}

// What the changes made of layers, each with a blob of its own. A ciphertext is as long as the plaintext, so
// that under different keys two layers of a byte or two can have the same one. The blob would then be two
// layers, and whoever finds keys by a blob's digest would open it with the wrong one.
class Results {
 public:
  explicit Results(const std::vector<Task>& tasks) {
    for (const Task& task : tasks) {
      if (task.change == nullptr || task.change->new_blob() == NewBlob::kNone)
        taken_.insert(task.blob->digest);
    }
  }

  // False if its blob is already another layer's, so that the change must be made anew. Empty layers are all
  // one blob, which any key opens. Whoever comes first keeps the digest; safe for use by several threads.
  [[nodiscard]] bool add(const Task& task, DescriptorEdit edit) {
    const std::scoped_lock lock(mutex_);
    const bool is_drawn = task.change->new_blob() == NewBlob::kRandom && task.blob->size > 0;
    if (is_drawn && !taken_.insert(edit.digest.value()).second) return false;
    edits_.emplace(layer_id(*task.blob), std::move(edit));
    return true;
  }

  [[nodiscard]] std::map<LayerId, DescriptorEdit> take() { return std::move(edits_); }

 private:
  std::mutex mutex_;
  std::set<Digest> taken_;
  std::map<LayerId, DescriptorEdit> edits_;
};

Error too_small(const Descriptor& layer) {
  return {ErrorCode::kRefused,
          "a layer of " + std::to_string(layer.size) + (layer.size == 1 ? " byte" : " bytes") +
              " cannot be encrypted: each ciphertext that it can have is another layer's",
          "choose other layers with --layer"};
}

// Tells the progress what is to come; returns who gets a second hand: where blobs go one after the other,
// each that is large.
HandsChoice prepare(const std::vector<Task>& tasks, unsigned jobs, unsigned at_once, Progress& progress) {
  std::uint64_t bytes = 0;
  for (const Task& task : tasks) bytes += task.blob->size;
  progress.plan(tasks.size(), bytes);
  const auto large =
      std::ranges::count_if(tasks, [](const Task& task) { return HandsChoice::is_large(task.blob->size); });
  return {at_once < jobs ? 0 : static_cast<std::size_t>(large), jobs};
}

}  // namespace

std::map<LayerId, DescriptorEdit> move_blobs(ImageSource& source, const ImagePlan& plan,
                                             const Configs& configs, ImageDestination& destination,
                                             unsigned jobs, Reporter& reporter) {
  Progress& progress = reporter.progress();
  const StageTimer timer(progress, "moving blobs");
  const std::vector<Task> tasks = tasks_of(plan);
  const unsigned at_once = destination.is_sequential() ? 1 : jobs;
  HandsChoice choice = prepare(tasks, jobs, at_once, progress);
  Move all{source, configs, progress};
  Results results(tasks);
  std::vector<char> are_absent(tasks.size());  // not bool, as several threads write
  run_parallel(tasks.size(), at_once, all.stop, [&](std::size_t i) {
    const Task& task = tasks[i];
    const Hands hands = choice.next(task.blob->size);
    // A LayerChange makes a new key each time.
    const auto move = [&] {
      MovingContent content(task, hands, all);
      WatchedDestination watched(destination, content);
      if (task.change == nullptr) {
        are_absent[i] = copy(task, content, watched) ? 0 : 1;
      } else if (!results.add(task, task.change->apply(content.source(), watched))) {
        return false;
      }
      if (are_absent[i] == 0) content.finish();
      return true;
    };
    try {
      for (int draws = 1; !try_network(all.stop, move); ++draws) {
        if (draws == kMostDraws) throw too_small(*task.blob);
      }
    } catch (const Error& error) {
      throw error.in(task.place);
    }
  });
  warn_of_missing(missing_entries(tasks, are_absent), reporter);
  return results.take();
}

}  // namespace imgcrypt
