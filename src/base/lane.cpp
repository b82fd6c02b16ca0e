#include "base/lane.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// Waking a thread costs more than posting to one that is awake: a lane sleeps until there is as much to do as
// this, or the owner waits for it.
constexpr std::size_t kUpdatesWorthWaking = 6;

// How many hashes one thread updates in turns. Two keep a core busy; more than are left for the other thread
// would leave that one idle.
constexpr std::size_t kMostBesideAThread = 2;
constexpr std::size_t kMostInline = 4;

// Bytes of each that are hashed in turns: few enough that a core looks ahead into what comes next, and whole
// blocks of SHA-256.
constexpr std::size_t kStride = 128;

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

void Lane::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    has_work_.wait(lock, [this] {
      const bool is_worth_it = updates_.size() >= kUpdatesWorthWaking || done_ < wanted_;
      return is_ending_ || (is_worth_it && !next_round().empty());
    });
    while (do_round(lock, has_done_)) continue;
    if (is_ending_) return;
  }
}

// The oldest updates that nobody has taken yet and that wait for no other of the same hash.
Lane::Round Lane::next_round() {
  const std::size_t most = kind_ == LaneKind::kThread ? kMostBesideAThread : kMostInline;
  Round round;
  std::vector<const RunningHash*> seen;
  for (Update& update : updates_) {
    if (round.size() == most) break;
    if (update.is_done || std::ranges::find(seen, update.hash) != seen.end()) continue;
    seen.push_back(update.hash);
    if (!update.is_taken) round.push_back(&update);
  }
  return round;
}

Lane::Round Lane::take_round() {
  Round round = next_round();
  for (Update* update : round) update->is_taken = true;
  return round;
}

// False when there is nothing to take. Wakes others for what is left.
bool Lane::do_round(std::unique_lock<std::mutex>& lock, std::condition_variable& others) {
  const Round round = take_round();
  if (round.empty()) return false;
  if (!next_round().empty()) others.notify_one();
  if (!failure_) {
    lock.unlock();
    update(round);
    lock.lock();
  }
  for (Update* update : round) update->is_done = true;
  for (; !updates_.empty() && updates_.front().is_done; ++done_) updates_.pop_front();
  if (done_ >= wanted_) has_done_.notify_one();
  return true;
}

void Lane::update(Round round) noexcept {
  const WorkTimer timer(Work::kHash);
  try {
    while (!round.empty()) update_strides(round);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
}

// In turns as far as all of them reach, and those that end there to their end.
void Lane::update_strides(Round& round) {
  const auto size_of = [](const Update* update) { return update->bytes.size(); };
  const bool is_one = round.size() == 1;
  const std::size_t strides = is_one ? 0 : std::ranges::min(round, {}, size_of)->bytes.size() / kStride;
  for (std::size_t i = 0; i < strides; ++i) {
    for (const Update* update : round) update->hash->update({update->bytes.data() + i * kStride, kStride});
  }
  std::erase_if(round, [&](Update* update) {
    update->bytes = update->bytes.subspan(strides * kStride);
    if (update->bytes.size() >= kStride && !is_one) return false;
    update->hash->update(update->bytes);
    return true;
  });
}

void Lane::post(RunningHash& hash, ByteView bytes) {
  ++posted_;
  std::unique_lock lock(mutex_);
  updates_.push_back({&hash, bytes});
  const bool is_worth_waking = updates_.size() == kUpdatesWorthWaking;
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
  while (done_ < count) {
    if (!do_round(lock, has_work_)) has_done_.wait(lock);
  }
  has_work_.notify_one();  // for what became free to be taken
}

}  // namespace imgcrypt
