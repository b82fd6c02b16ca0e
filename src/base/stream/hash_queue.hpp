// The inside of a ChunkPool: what is to be hashed, and the buffers that are free. Only for the sources of
// this folder.
//
// Hashes are updated in turns, a few bytes of one and then a few of the next. Each step of a hash needs the
// result of the step before it; while the core waits for that, it can work on another hash. With the SHA-256
// instructions of current processors, a core hashes a fifth more bytes a second in this way.
//
// One thread at a time, the owner, calls everything but give_back(), which any thread may call. Chunks hold
// the queue alive, so it may outlive its pool. mutex_ guards what is to be hashed, free_mutex_ the buffers;
// free_mutex_ may be taken while mutex_ is held (dropping a chunk gives its buffer back), never the reverse.
#pragma once

#include "base/stream/chunk_pool.hpp"
#include "base/stream/running_hash.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

namespace imgcrypt {

// kChunkSize bytes.
using Storage = std::unique_ptr<std::uint8_t[]>;

// Not zeroed. Throws std::bad_alloc.
[[nodiscard]] Storage new_storage();

class HashQueue {
 public:
  // With kTwo it starts a thread; where the system has none to give, the owner does all the work.
  explicit HashQueue(Hands hands);
  ~HashQueue();
  HashQueue(const HashQueue&) = delete;
  HashQueue& operator=(const HashQueue&) = delete;

  // Updates `hash` with the chunk some time before finish() or settle() returns, after what was posted for
  // the same hash before, and keeps the chunk until then. If a hash throws, no hash of this queue is updated
  // any more, and finish() and take_storage() throw its exception from then on. REQUIRES: the hash stays
  // where it is until finish() or settle() has returned.
  void post(RunningHash& hash, const Chunk& chunk);
  // Returns when everything that was posted is done; takes part in it. Throws what a hash threw.
  void finish();
  // Like finish(), but does not throw: after it, no posted hash is in use, whether or not one has failed.
  void settle() noexcept;

  // A buffer for the owner, new or used, of any content. Throws like ChunkPool::take.
  [[nodiscard]] Storage take_storage();
  // For any thread. A null `storage` is ignored.
  void give_back(Storage storage) noexcept;

  // Called when the pool is destroyed: finishes what was posted and ends the thread. What is posted after it
  // is done at once, by the caller.
  void close() noexcept;

 private:
  struct Update {
    RunningHash* hash;
    Chunk chunk;
    bool is_taken = false;
    bool is_done = false;
  };
  // A thread that waits until at most so many updates are left.
  struct Waiter {
    std::size_t most;
    Waiter* next;
  };

  // Updates of different hashes that one thread does in turns. A fixed array, so that nothing can fail
  // between taking updates and doing them. The pointers stay valid because only the ends of the deque change,
  // and an update is removed only after it is done.
  static constexpr std::size_t kMostInRound = 4;
  using Round = std::array<Update*, kMostInRound>;  // null after the last

  void run();
  [[nodiscard]] Round next_round() noexcept;
  [[nodiscard]] bool is_stalled(std::size_t position) const noexcept;
  bool do_round(std::unique_lock<std::mutex>& lock, std::condition_variable& others) noexcept;
  void update(const Round& round) noexcept;
  void wait_until_left(std::size_t most);
  void wait_locked(std::unique_lock<std::mutex>& lock, std::size_t most);
  [[nodiscard]] bool is_waited_for() const noexcept;
  [[nodiscard]] bool is_enough_for_some() const noexcept;
  [[nodiscard]] Storage take_free() noexcept;
  [[nodiscard]] Storage take_new();
  [[nodiscard]] bool has_all_buffers() noexcept;
  bool wait_for_half() noexcept;

  Hands hands_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable has_done_;
  std::deque<Update> updates_;  // in the order they were posted, from the first that is not done
  Waiter* waiting_ = nullptr;   // the threads that wait, as a list on their stacks
  bool is_closed_ = false;
  std::exception_ptr failure_;
  std::thread thread_;

  std::mutex free_mutex_;
  std::deque<Storage> free_;  // the one that was given back last is at the end
  std::size_t existing_ = 0;  // buffers, free or not
};

}  // namespace imgcrypt
