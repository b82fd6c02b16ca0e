// Work beside the thread that moves a stream: a lane runs what is posted to it, one task after another, in a
// thread of its own, so that hashing a chunk and moving the next one keep two cores busy. The chunk is not
// copied: it must stay as it is until the lane is done with it, which LaneBuffers and HashInLane see to.
// A lane and what uses it belong to one thread; the lane is destroyed last.
#pragma once

#include "base/stream.hpp"
#include "base/work_time.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace imgcrypt {

enum class LaneKind { kThread, kInline };

class Lane {
 public:
  // Starts the thread; or none, then post() itself runs the task.
  explicit Lane(LaneKind kind);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  [[nodiscard]] LaneKind kind() const noexcept { return kind_; }

  // What a task throws is thrown by the next wait(); later tasks are not run.
  void post(std::function<void()> task);
  // The number of tasks posted so far.
  [[nodiscard]] std::uint64_t posted() const noexcept { return posted_; }
  // Until the first `count` tasks have ended.
  void wait(std::uint64_t count);
  // The same; but if it has to wait at all, then until the first `enough` have ended.
  void wait(std::uint64_t count, std::uint64_t enough);
  // Until none is left, whatever they threw: behind it, nothing that tasks refer to is in use.
  void settle() noexcept;

 private:
  void run();
  void run_task(const std::function<void()>& task) noexcept;
  void wait_locked(std::unique_lock<std::mutex>& lock, std::uint64_t count);

  LaneKind kind_;
  std::uint64_t posted_ = 0;  // the owner's alone
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable has_done_;
  std::deque<std::function<void()>> tasks_;
  std::uint64_t done_ = 0;
  std::uint64_t wanted_ = 0;  // how many of them the owner waited for last
  bool is_ending_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

// Buffers of kChunkSize bytes given out in turns, each when the lane is done with all that was posted while
// it was the newest. `kept` is how many stay valid besides the newest.
class LaneBuffers {
 public:
  explicit LaneBuffers(Lane& lane, std::size_t kept = 0);
  ~LaneBuffers() { lane_.settle(); }
  LaneBuffers(const LaneBuffers&) = delete;
  LaneBuffers& operator=(const LaneBuffers&) = delete;

  [[nodiscard]] MutableByteView next();

 private:
  struct Slot {
    Buffer bytes{kChunkSize};
    std::uint64_t posted = 0;  // tasks that may use it: those up to this one
  };

  Lane& lane_;
  std::vector<Slot> slots_;
  std::size_t newest_ = 0;
};

// A Hasher or HMAC that is updated in a lane.
template <typename Hash>
class HashInLane {
 public:
  HashInLane(Lane& lane, Hash hash, Work work) : lane_(lane), hash_(std::move(hash)), work_(work) {}
  ~HashInLane() { lane_.settle(); }
  HashInLane(const HashInLane&) = delete;
  HashInLane& operator=(const HashInLane&) = delete;

  // The bytes must stay as they are until the lane is done with them.
  void update(ByteView bytes) {
    lane_.post([this, bytes] {
      const WorkTimer timer(work_);
      hash_.update(bytes);
    });
  }
  [[nodiscard]] Bytes finish() {
    lane_.wait(lane_.posted());
    return hash_.finish();
  }

 private:
  Lane& lane_;
  Hash hash_;
  Work work_;
};

}  // namespace imgcrypt
