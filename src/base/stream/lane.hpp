// Hashes beside the thread that moves a stream. They are updated in turns, a few bytes of one and a few of
// the next: each waits for its own last step, and while one waits the core works on another. A fifth more
// bytes a second come of it where the processor has instructions for SHA-256. The bytes are not copied: they
// must stay as they are until the lane is done with them, which LaneBuffers see to. A lane and what uses it
// belong to one thread, its owner; the lane is destroyed last.
#pragma once

#include "base/stream/running_hash.hpp"
#include "base/work_time.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace imgcrypt {

inline constexpr std::uint64_t kWorthAThread = 4 * 1024 * 1024;  // bytes; less is hashed before one has begun

enum class LaneKind {
  kThread,  // in a thread of its own, too
  kInline,  // by the owner, when it waits for it
};

class Lane {
 public:
  // Of the other kind where no thread can be had.
  explicit Lane(LaneKind kind);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  [[nodiscard]] LaneKind kind() const noexcept { return kind_; }

  // To update `hash`, behind what was posted for it before. What that throws is thrown by the next wait(),
  // and nothing more is updated.
  void post(RunningHash& hash, ByteView bytes);
  // The number of updates posted so far.
  [[nodiscard]] std::uint64_t posted() const noexcept { return posted_; }
  // Until the first `count` of them are done; takes part in them.
  void wait(std::uint64_t count);
  // The same; but if it has to wait at all, then until the first `enough` are.
  void wait(std::uint64_t count, std::uint64_t enough);
  // Until none is left, whatever they threw: behind it, nothing that they refer to is in use.
  void settle() noexcept;

 private:
  struct Update {
    RunningHash* hash;
    ByteView bytes;
    bool is_taken = false;
    bool is_done = false;
  };
  // Updates of different hashes, to be done by one thread in turns. It allocates nothing: an update that was
  // taken is done.
  static constexpr std::size_t kMostInRound = 4;
  using Round = std::array<Update*, kMostInRound>;  // null behind the last

  void run();
  [[nodiscard]] Round next_round() noexcept;
  [[nodiscard]] bool is_stalled(std::size_t position) const noexcept;
  bool do_round(std::unique_lock<std::mutex>& lock, std::condition_variable& others) noexcept;
  void update(const Round& round) noexcept;
  void wait_locked(std::unique_lock<std::mutex>& lock, std::uint64_t count);

  LaneKind kind_;
  std::uint64_t posted_ = 0;  // the owner's alone
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable has_done_;
  std::deque<Update> updates_;  // from the first that is not done
  std::uint64_t done_ = 0;      // those before it
  std::uint64_t wanted_ = 0;    // how many of them the owner waited for last
  bool is_ending_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

// A Hasher or Mac that is updated in a lane, or at once where there is none.
template <typename Hash>
class HashInLane {
 public:
  HashInLane(Lane* lane, Hash hash) : lane_(lane), hash_(std::move(hash)) {}
  ~HashInLane() {
    if (lane_ != nullptr) lane_->settle();
  }
  HashInLane(const HashInLane&) = delete;
  HashInLane& operator=(const HashInLane&) = delete;

  // The bytes must stay as they are until the lane is done with them.
  void post(ByteView bytes) {
    if (lane_ != nullptr) {
      lane_->post(hash_, bytes);
    } else {
      const WorkTimer timer(Work::kHash);
      hash_.update(bytes);
    }
  }
  [[nodiscard]] Bytes finish() {
    if (lane_ != nullptr) lane_->wait(lane_->posted());
    return hash_.finish();
  }

 private:
  Lane* lane_;
  Hash hash_;
};

}  // namespace imgcrypt
