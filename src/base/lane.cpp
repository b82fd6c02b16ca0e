#include "base/lane.hpp"

namespace imgcrypt {
namespace {

// Enough that neither side waits for the other's hiccups, little enough to stay in the cache of the cores.
constexpr std::size_t kAhead = 8;

// Waking a thread costs more than posting a task to one that is awake: a lane sleeps until it has as many as
// this, or the owner waits for it.
constexpr std::size_t kTasksWorthWaking = 4;

}  // namespace

Lane::Lane(LaneKind kind) : kind_(kind) {
  if (kind == LaneKind::kThread) thread_ = std::thread([this] { run(); });
}

Lane::~Lane() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  has_work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Lane::run_task(const std::function<void()>& task) noexcept {
  if (failure_) return;
  try {
    task();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
}

void Lane::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    has_work_.wait(lock, [this] {
      return tasks_.size() >= kTasksWorthWaking || (done_ < wanted_ && !tasks_.empty()) || is_ending_;
    });
    if (tasks_.empty()) return;
    while (!tasks_.empty()) {
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      run_task(task);
      lock.lock();
      if (++done_ == wanted_) has_done_.notify_one();
    }
  }
}

void Lane::post(std::function<void()> task) {
  ++posted_;
  if (kind_ == LaneKind::kInline) {
    run_task(task);
    ++done_;
    return;
  }
  std::unique_lock lock(mutex_);
  tasks_.push_back(std::move(task));
  const bool is_worth_waking = tasks_.size() == kTasksWorthWaking;
  lock.unlock();
  if (is_worth_waking) has_work_.notify_one();
}

void Lane::wait(std::uint64_t count) { wait(count, count); }

void Lane::wait(std::uint64_t count, std::uint64_t enough) {
  std::unique_lock lock(mutex_);
  if (done_ < count) wait_locked(lock, enough);
  if (failure_) std::rethrow_exception(failure_);
}

void Lane::settle() noexcept {
  std::unique_lock lock(mutex_);
  if (done_ < posted_) wait_locked(lock, posted_);
}

void Lane::wait_locked(std::unique_lock<std::mutex>& lock, std::uint64_t count) {
  const WorkTimer timer(Work::kWait);
  wanted_ = count;
  has_work_.notify_one();
  has_done_.wait(lock, [&] { return done_ >= count; });
}

LaneBuffers::LaneBuffers(Lane& lane, std::size_t kept)
    : lane_(lane), slots_(1 + kept + (lane.kind() == LaneKind::kThread ? kAhead : 0)) {}

MutableByteView LaneBuffers::next() {
  slots_[newest_].posted = lane_.posted();
  newest_ = (newest_ + 1) % slots_.size();
  Slot& slot = slots_[newest_];
  // Lest the two threads wake each other for every chunk, it waits for several, if it has to.
  lane_.wait(slot.posted, slots_[(newest_ + kAhead / 2) % slots_.size()].posted);
  return slot.bytes.view();
}

}  // namespace imgcrypt
