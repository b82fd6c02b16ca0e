#include "base/lane.hpp"

namespace imgcrypt {
namespace {

// Enough that neither side waits for the other's hiccups, little enough to stay in the cache of the cores.
constexpr std::size_t kAhead = 8;

}  // namespace

Lane::Lane(LaneKind kind) : kind_(kind) {
  if (kind == LaneKind::kThread) thread_ = std::thread([this] { run(); });
}

Lane::~Lane() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
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
    changed_.wait(lock, [this] { return !tasks_.empty() || is_ending_; });
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    run_task(task);
    lock.lock();
    ++done_;
    changed_.notify_all();
  }
}

void Lane::post(std::function<void()> task) {
  ++posted_;
  if (kind_ == LaneKind::kInline) {
    run_task(task);
    ++done_;
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_all();
}

void Lane::wait(std::uint64_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_ >= count; });
  if (failure_) std::rethrow_exception(failure_);
}

void Lane::settle() noexcept {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_ >= posted_; });
}

LaneBuffers::LaneBuffers(Lane& lane, std::size_t kept)
    : lane_(lane), slots_(1 + kept + (lane.kind() == LaneKind::kThread ? kAhead : 0)) {}

MutableByteView LaneBuffers::next() {
  slots_[newest_].posted = lane_.posted();
  newest_ = (newest_ + 1) % slots_.size();
  Slot& slot = slots_[newest_];
  lane_.wait(slot.posted);
  return slot.bytes.view();
}

}  // namespace imgcrypt
