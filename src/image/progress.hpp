// How far the work has come: what is to be moved, what moves, and how long each stage took. Written by the
// threads that work, read by one that shows it; moving bytes costs one atomic addition per chunk. Nothing
// here waits for whoever shows it. Safe for use by several threads.
#pragma once

#include "base/stream/stream.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace imgcrypt {

using ProgressClock = std::chrono::steady_clock;

// A blob only ever goes from kMoving to one of the two others.
enum class BlobState {
  kMoving,
  kDone,
  kStopped,  // by a failure, its own or another's; one that is tried again begins as a further blob
};

// One blob, as it was when the snapshot was taken.
struct BlobProgress {
  std::string place;    // "layer 3 of linux/arm64"
  std::uint64_t size;   // in bytes
  std::uint64_t moved;  // in bytes; stays 0 for a blob that was there already
  BlobState state;
  ProgressClock::time_point began;
  ProgressClock::time_point ended;  // while it moves: that of the snapshot
};

// Stages follow each other: "trying keys", "moving blobs".
struct StageTime {
  std::string name;
  std::chrono::duration<double> wall;
  std::chrono::duration<double> cpu;  // of all threads together
};

// A copy: it does not change, and may be kept and compared with a later one, e.g. for the speed.
struct ProgressSnapshot {
  ProgressClock::time_point taken;
  std::size_t planned_blobs = 0;
  std::uint64_t planned_bytes = 0;
  std::vector<BlobProgress> blobs;  // those that have begun, in that order
};

// Keeps all blobs that have ever begun.
class Progress {
 public:
  // Announces so many blobs, of so many bytes together, before they begin. Adds to what was planned before. A
  // blob that is tried again after a network failure is not planned again, so more may begin than were
  // planned.
  void plan(std::size_t blobs, std::uint64_t bytes);
  // Adds to an earlier stage with that name.
  void add_stage(const StageTime& stage);

  // Consistent in itself: what is done has moved all that it will. Copies every blob that has begun: meant
  // for a few calls a second, not for each chunk.
  [[nodiscard]] ProgressSnapshot snapshot() const;
  // In the order in which they ended first; without a stage that is under way.
  [[nodiscard]] std::vector<StageTime> stages() const;

 private:
  friend class MovingBlob;
  struct Blob {
    std::string place;
    std::uint64_t size;
    ProgressClock::time_point began;
    ProgressClock::time_point ended;  // read only once the state says so
    std::atomic<std::uint64_t> moved = 0;
    std::atomic<BlobState> state = BlobState::kMoving;
  };
  // The reference stays valid for as long as the Progress.
  Blob& begin(std::string place, std::uint64_t bytes);

  mutable std::mutex mutex_;
  std::size_t planned_blobs_ = 0;
  std::uint64_t planned_bytes_ = 0;
  std::deque<Blob> blobs_;  // which stay where they are
  std::vector<StageTime> stages_;
};

// A blob on its way. Ends as kStopped when it goes out of scope before finish(). Belongs to one thread.
class MovingBlob {
 public:
  // `progress` must outlive it. `bytes` is the blob's size.
  MovingBlob(Progress& progress, std::string place, std::uint64_t bytes)
      : blob_(progress.begin(std::move(place), bytes)) {}
  MovingBlob(const MovingBlob&) = delete;
  MovingBlob& operator=(const MovingBlob&) = delete;
  ~MovingBlob();

  // So many more bytes were read. Never waits for a reader, unlike begin(): called once per chunk.
  void add(std::uint64_t bytes) noexcept {
    if (!is_sent_) blob_.moved.fetch_add(bytes, std::memory_order_relaxed);
  }
  // So many bytes were sent in all. From the first call on, what is read does not count.
  void set_sent(std::uint64_t bytes) noexcept {
    is_sent_ = true;
    blob_.moved.store(bytes, std::memory_order_relaxed);
  }
  // Ends the blob as kDone. To be called when all of it is at its destination, not when all of it is read.
  void finish() noexcept {
    if (is_sent_) set_sent(blob_.size);
    end(BlobState::kDone);
  }

 private:
  void end(BlobState state) noexcept;

  Progress::Blob& blob_;
  bool is_sent_ = false;
};

// Passes chunks on and counts them, as the blob's progress and as time spent on reading. Belongs to one
// thread at a time, like every source.
class CountingSource final : public Source {
 public:
  // Both must outlive it.
  CountingSource(Source& inner, MovingBlob& blob) : inner_(inner), blob_(blob) {}
  // Throws what the inner source throws.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Source& inner_;
  MovingBlob& blob_;
};

// Times what happens while it lives, as a stage; also when it ends by an exception. Each of two that live at
// the same time counts the processor time of both: time stages that follow each other.
class StageTimer {
 public:
  // `progress` must outlive it.
  StageTimer(Progress& progress, std::string name);
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;
  ~StageTimer();

 private:
  Progress& progress_;
  std::string name_;
  ProgressClock::time_point start_;
  std::chrono::duration<double> cpu_start_;
};

}  // namespace imgcrypt
