#include "image/progress.hpp"

#include "base/work_time.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace imgcrypt {
namespace {

std::chrono::duration<double> cpu_time() {
  timespec time = {};
  // Of the process, not of this thread: others do most of the work of a stage.
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

void Progress::plan(std::size_t blobs, std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  planned_blobs_ += blobs;
  planned_bytes_ += bytes;
}

void Progress::add_stage(const StageTime& stage) {
  const std::scoped_lock lock(mutex_);
  const auto known = std::ranges::find(stages_, stage.name, &StageTime::name);
  if (known == stages_.end()) {
    stages_.push_back(stage);
  } else {
    known->wall += stage.wall;
    known->cpu += stage.cpu;
  }
}

ProgressSnapshot Progress::snapshot() const {
  const std::scoped_lock lock(mutex_);
  ProgressSnapshot snapshot{ProgressClock::now(), planned_blobs_, planned_bytes_, {}};
  snapshot.blobs.reserve(blobs_.size());
  for (const Blob& blob : blobs_) {
    // The state first: what is done has moved all that it will.
    const BlobState state = blob.state;
    snapshot.blobs.push_back({blob.place, blob.size, blob.moved.load(std::memory_order_relaxed), state,
                              blob.began, state == BlobState::kMoving ? snapshot.taken : blob.ended});
  }
  return snapshot;
}

std::vector<StageTime> Progress::stages() const {
  const std::scoped_lock lock(mutex_);
  return stages_;
}

Progress::Blob& Progress::begin(std::string place, std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  const auto now = ProgressClock::now();
  return blobs_.emplace_back(std::move(place), bytes, now, now);
}

MovingBlob::~MovingBlob() {
  if (blob_.state == BlobState::kMoving) end(BlobState::kStopped);
}

void MovingBlob::end(BlobState state) noexcept {
  // In this order, as `state` publishes `ended` to snapshot().
  blob_.ended = ProgressClock::now();
  blob_.state = state;
}

std::optional<Chunk> CountingSource::next() {
  const WorkTimer timer(Work::kRead);
  std::optional<Chunk> chunk = inner_.next();
  if (chunk) blob_.add(chunk->size());
  return chunk;
}

StageTimer::StageTimer(Progress& progress, std::string name)
    : progress_(progress), name_(std::move(name)), start_(ProgressClock::now()), cpu_start_(cpu_time()) {}

StageTimer::~StageTimer() {
  progress_.add_stage({std::move(name_), ProgressClock::now() - start_, cpu_time() - cpu_start_});
}

}  // namespace imgcrypt
