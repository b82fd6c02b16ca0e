#include "base/stream/lane.hpp"

#include <algorithm>
#include <system_error>

namespace imgcrypt {
namespace {

// Waking a thread costs more than posting to one that is awake: a lane sleeps until there is as much to do as
// this, or the owner waits for it.
constexpr std::size_t kUpdatesWorthWaking = 6;

// How many hashes each thread updates in turns where there are two: it keeps a core busy, and more would
// leave the other one idle.
constexpr std::size_t kMostBesideAThread = 2;

// Bytes of each that are hashed in turns: few enough that a core looks ahead into what comes next, and whole
// blocks of SHA-256.
constexpr std::size_t kStride = 128;

struct Part {
  RunningHash* hash;
  ByteView bytes;
};

// Those that are left go on together as far as the shortest of them reaches, which then ends.
template <std::size_t kMost>
void update_in_turns(std::array<Part, kMost> parts, std::size_t left) {
  while (left > 1) {
    const auto end = parts.begin() + static_cast<std::ptrdiff_t>(left);
    const auto shortest =
        std::ranges::min_element(parts.begin(), end, {}, [](const Part& part) { return part.bytes.size(); });
    const std::size_t strides = shortest->bytes.size() / kStride;
    for (std::size_t i = 0; i < strides; ++i) {
      for (std::size_t j = 0; j < left; ++j)
        parts[j].hash->update({parts[j].bytes.data() + i * kStride, kStride});
    }
    for (std::size_t j = 0; j < left; ++j) parts[j].bytes = parts[j].bytes.subspan(strides * kStride);
    shortest->hash->update(shortest->bytes);
    *shortest = parts[--left];
  }
  parts[0].hash->update(parts[0].bytes);
}

}  // namespace

Lane::Lane(LaneKind kind) : kind_(kind) {
  if (kind == LaneKind::kInline) return;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    kind_ = LaneKind::kInline;  // where the system has no more threads
  }
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
      return is_ending_ || (is_worth_it && next_round()[0] != nullptr);
    });
    while (do_round(lock, has_done_)) continue;
    if (is_ending_) return;
  }
}

// Whether an update of the same hash stands before it.
bool Lane::is_stalled(std::size_t position) const noexcept {
  const auto end = updates_.begin() + static_cast<std::ptrdiff_t>(position);
  return std::any_of(updates_.begin(), end, [&](const Update& earlier) {
    return !earlier.is_done && earlier.hash == updates_[position].hash;
  });
}

// The oldest updates that nobody has taken yet and that can be done.
Lane::Round Lane::next_round() noexcept {
  const std::size_t most = kind_ == LaneKind::kThread ? kMostBesideAThread : kMostInRound;
  Round round = {};
  std::size_t size = 0;
  for (std::size_t i = 0; i < updates_.size() && size < most; ++i) {
    if (!updates_[i].is_taken && !is_stalled(i)) round[size++] = &updates_[i];
  }
  return round;
}

// False when there is nothing to take. Wakes others for what is left.
bool Lane::do_round(std::unique_lock<std::mutex>& lock, std::condition_variable& others) noexcept {
  const Round round = next_round();
  if (round[0] == nullptr) return false;
  for (Update* update : round) {
    if (update != nullptr) update->is_taken = true;
  }
  if (next_round()[0] != nullptr) others.notify_one();
  if (!failure_) {
    lock.unlock();
    update(round);
    lock.lock();
  }
  for (Update* update : round) {
    if (update != nullptr) update->is_done = true;
  }
  for (; !updates_.empty() && updates_.front().is_done; ++done_) updates_.pop_front();
  if (done_ >= wanted_) has_done_.notify_one();
  return true;
}

void Lane::update(const Round& round) noexcept {
  const WorkTimer timer(Work::kHash);
  try {
    std::array<Part, kMostInRound> parts;
    std::size_t count = 0;
    for (const Update* update : round) {
      if (update != nullptr) parts[count++] = {update->hash, update->bytes};
    }
    update_in_turns(parts, count);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
}

void Lane::post(RunningHash& hash, ByteView bytes) {
  std::unique_lock lock(mutex_);
  updates_.push_back({&hash, bytes});
  ++posted_;
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
