// The inside of a ChunkPool: what is to be hashed, and the buffers that are free. For the sources of this
// folder.
//
// Hashes are updated in turns, a few bytes of one and a few of the next: each waits for its own last step,
// and while one waits the core works on another. A fifth more bytes a second come of it where the processor
// has instructions for SHA-256.
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

using Storage = std::unique_ptr<std::uint8_t[]>;  // kChunkSize bytes, not zeroed

[[nodiscard]] Storage new_storage();

// One thread at a time, the owner, posts, waits and takes storage; any may give back.
class HashQueue {
 public:
  // With one hand where no thread can be had.
  explicit HashQueue(Hands hands);
  ~HashQueue();
  HashQueue(const HashQueue&) = delete;
  HashQueue& operator=(const HashQueue&) = delete;

  // To update `hash` with the chunk, which is kept until that is done, after what was posted for it before.
  // What the hash throws is thrown by the next finish() or take_storage(), and nothing more is updated.
  // REQUIRES: the hash lives until finish() or settle() has returned.
  void post(RunningHash& hash, const Chunk& chunk);
  // Until all is done that was posted; takes part in it.
  void finish();
  // The same, whatever the hashes threw: after it, nothing that they refer to is in use.
  void settle() noexcept;

  // Throws as ChunkPool::take.
  [[nodiscard]] Storage take_storage();
  void give_back(Storage storage) noexcept;

  // The pool is gone: ends the thread after the last update. From now on what is posted is done at once.
  void close() noexcept;

 private:
  struct Update {
    RunningHash* hash;
    Chunk chunk;
    bool is_taken = false;
    bool is_done = false;
  };
  // Updates of different hashes, to be done by one thread in turns. It allocates nothing: an update that was
  // taken is done.
  static constexpr std::size_t kMostInRound = 4;
  using Round = std::array<Update*, kMostInRound>;  // null after the last

  void run();
  [[nodiscard]] Round next_round() noexcept;
  [[nodiscard]] bool is_stalled(std::size_t position) const noexcept;
  bool do_round(std::unique_lock<std::mutex>& lock, std::condition_variable& others) noexcept;
  void update(const Round& round) noexcept;
  void wait_until_left(std::size_t most);
  void wait_locked(std::unique_lock<std::mutex>& lock, std::size_t most);
  [[nodiscard]] Storage take_free() noexcept;
  [[nodiscard]] Storage take_new();
  [[nodiscard]] bool has_all_buffers() noexcept;
  bool wait_for_half() noexcept;

  Hands hands_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable has_done_;
  std::deque<Update> updates_;     // from the first that is not done
  std::size_t wanted_ = SIZE_MAX;  // how many may be left for the owner, who waits
  bool is_closed_ = false;
  std::exception_ptr failure_;
  std::thread thread_;

  std::mutex free_mutex_;  // never held together with mutex_ but inside it
  std::deque<Storage> free_;
  std::size_t existing_ = 0;  // buffers, free or not
};

}  // namespace imgcrypt
