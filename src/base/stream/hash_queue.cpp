#include "base/stream/hash_queue.hpp"

#include "base/work_time.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <new>
#include <string>
#include <system_error>
#include <utility>

namespace imgcrypt {
namespace {

// Waking a thread costs more than posting to one that is awake. So the second hand sleeps until this many
// updates are waiting, or until the owner waits for it.
constexpr std::size_t kUpdatesWorthWaking = 6;

// How many hashes each of two threads updates in turns. Two keep a core busy, and with more the other core
// would have nothing to do.
constexpr std::size_t kMostBesideAThread = 2;

// Bytes of one hash before it is the next one's turn: few enough that the core begins the next hash while the
// last steps of this one are still under way, and whole blocks of SHA-256.
constexpr std::size_t kStride = 128;

// Buffers of a pool with two hands (5.25 MiB). Enough that a short delay of one thread does not stop the
// other, also while a ChunkQueue holds its share, and that a buffer has left the cache of the other core
// before it is written again: fetching it from there would cost more than the cipher.
constexpr std::size_t kBuffersOfTwoHands = 42;

// Updates that a second hand may be behind with: three hashes of each buffer. It matters when a sink has kept
// more buffers than these and gives them back.
constexpr std::size_t kMostLeft = 3 * kBuffersOfTwoHands;

// How many updates a lone hand may leave, so that they can be done in turns with those of the next chunk.
constexpr std::size_t kLeftByOneHand = 1;

struct Part {
  RunningHash* hash;
  ByteView bytes;
};

// Takes all parts as far as the shortest of them reaches, finishes that one, and goes on with the others.
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

Storage new_storage() { return Storage(new std::uint8_t[kChunkSize]); }

HashQueue::HashQueue(Hands hands) : hands_(hands) {
  if (hands == Hands::kOne) return;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    hands_ = Hands::kOne;  // slower, where the system has no more threads
  }
}

HashQueue::~HashQueue() { close(); }

void HashQueue::close() noexcept {
  settle();
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  has_work_.notify_one();
  if (thread_.joinable()) thread_.join();
  hands_ = Hands::kOne;
}

void HashQueue::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    has_work_.wait(lock, [this] {
      const bool is_worth_it = updates_.size() >= kUpdatesWorthWaking || is_waited_for();
      return is_closed_ || (is_worth_it && next_round()[0] != nullptr);
    });
    while (do_round(lock, has_done_)) continue;
    if (is_closed_) return;
  }
}

// Whether an earlier update of the same hash is not done yet.
bool HashQueue::is_stalled(std::size_t position) const noexcept {
  const auto end = updates_.begin() + static_cast<std::ptrdiff_t>(position);
  return std::any_of(updates_.begin(), end, [&](const Update& earlier) {
    return !earlier.is_done && earlier.hash == updates_[position].hash;
  });
}

// The oldest updates that can be done and that nobody has taken yet. They are of different hashes: the second
// of two updates of one hash is stalled by the first.
HashQueue::Round HashQueue::next_round() noexcept {
  const std::size_t most = hands_ == Hands::kTwo ? kMostBesideAThread : kMostInRound;
  Round round = {};
  std::size_t size = 0;
  for (std::size_t i = 0; i < updates_.size() && size < most; ++i) {
    if (!updates_[i].is_taken && !is_stalled(i)) round[size++] = &updates_[i];
  }
  return round;
}

// Takes and does one round, without the lock while it hashes. False if there is nothing to take. Wakes
// `others` if there is something left for them.
bool HashQueue::do_round(std::unique_lock<std::mutex>& lock, std::condition_variable& others) noexcept {
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
  // Drops chunks, which may give their buffers back: free_mutex_ is taken while mutex_ is held.
  while (!updates_.empty() && updates_.front().is_done) updates_.pop_front();
  if (is_enough_for_some()) has_done_.notify_all();
  return true;
}

void HashQueue::update(const Round& round) noexcept {
  const WorkTimer timer(Work::kHash);
  try {
    std::array<Part, kMostInRound> parts;
    std::size_t count = 0;
    for (const Update* update : round) {
      if (update != nullptr) parts[count++] = {update->hash, update->chunk.view()};
    }
    update_in_turns(parts, count);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
}

void HashQueue::post(RunningHash& hash, const Chunk& chunk) {
  std::unique_lock lock(mutex_);
  updates_.push_back({&hash, chunk});
  // Only when the number is reached: above it, the second hand is awake.
  const bool is_worth_waking = updates_.size() == kUpdatesWorthWaking;
  if (is_closed_) wait_locked(lock, 0);
  lock.unlock();
  if (is_worth_waking) has_work_.notify_one();
}

void HashQueue::finish() { wait_until_left(0); }

void HashQueue::wait_until_left(std::size_t most) {
  std::unique_lock lock(mutex_);
  if (updates_.size() > most) wait_locked(lock, most);
  if (failure_) std::rethrow_exception(failure_);
}

void HashQueue::settle() noexcept {
  std::unique_lock lock(mutex_);
  if (!updates_.empty()) wait_locked(lock, 0);
}

// Whether some thread waits for fewer than there are.
bool HashQueue::is_waited_for() const noexcept {
  for (const Waiter* waiter = waiting_; waiter != nullptr; waiter = waiter->next) {
    if (updates_.size() > waiter->most) return true;
  }
  return false;
}

// Whether some thread that waits may go on.
bool HashQueue::is_enough_for_some() const noexcept {
  for (const Waiter* waiter = waiting_; waiter != nullptr; waiter = waiter->next) {
    if (updates_.size() <= waiter->most) return true;
  }
  return false;
}

// Until at most `most` updates are left. Who waits does not only wait: it does rounds as long as there is
// something to take.
void HashQueue::wait_locked(std::unique_lock<std::mutex>& lock, std::size_t most) {
  const WorkTimer timer(Work::kWait);
  Waiter self{most, waiting_};
  waiting_ = &self;
  has_work_.notify_one();
  while (updates_.size() > most) {
    if (!do_round(lock, has_work_)) has_done_.wait(lock);
  }
  Waiter** at = &waiting_;
  while (*at != &self) at = &(*at)->next;
  *at = self.next;
  has_work_.notify_one();  // for updates that were stalled by those that the owner has done
}

Storage HashQueue::take_storage() {
  wait_until_left(hands_ == Hands::kOne ? kLeftByOneHand : kMostLeft);
  while (true) {
    if (Storage storage = take_free()) return storage;
    // If nothing is left to hash, somebody keeps the other buffers. Waiting for that could last for ever.
    if (!has_all_buffers() || !wait_for_half()) return take_new();
  }
}

// Null if a new one should be made. With one hand, the buffer that was used last, which is still in the
// cache; with two, the oldest, and none before all exist (see kBuffersOfTwoHands).
Storage HashQueue::take_free() noexcept {
  const std::lock_guard lock(free_mutex_);
  const bool is_too_early = hands_ == Hands::kTwo && existing_ < kBuffersOfTwoHands;
  if (free_.empty() || is_too_early) return nullptr;
  Storage storage = std::move(hands_ == Hands::kTwo ? free_.front() : free_.back());
  hands_ == Hands::kTwo ? free_.pop_front() : free_.pop_back();
  return storage;
}

// Whether hashing should give a buffer back before another one is made. A lone hand has hashed before it
// asks.
bool HashQueue::has_all_buffers() noexcept {
  if (hands_ == Hands::kOne) return false;
  const std::lock_guard lock(free_mutex_);
  return existing_ >= kBuffersOfTwoHands;
}

// Waits for half of what is posted, not just for the oldest update: otherwise the two threads would wake each
// other for every chunk. False if nothing is posted.
bool HashQueue::wait_for_half() noexcept {
  std::unique_lock lock(mutex_);
  if (updates_.empty()) return false;
  wait_locked(lock, updates_.size() / 2);
  return true;
}

Storage HashQueue::take_new() {
  Storage storage = new_storage();
  const std::lock_guard lock(free_mutex_);
  if (existing_ >= ChunkPool::kMostKept) {
    throw Error(ErrorCode::kOther,
                "more than " + std::to_string(ChunkPool::kMostKept) + " chunks of one blob are kept");
  }
  ++existing_;
  return storage;
}

void HashQueue::give_back(Storage storage) noexcept {
  if (!storage) return;
  const std::lock_guard lock(free_mutex_);
  try {
    free_.push_back(std::move(storage));
  } catch (const std::bad_alloc&) {
    --existing_;  // it is freed instead
  }
}

}  // namespace imgcrypt
