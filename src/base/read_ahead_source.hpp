// A source read in a thread of its own, a bounded number of chunks ahead of its consumer: what stands before
// it and what stands behind it work side by side. The one way in which one stream uses several cores.
#pragma once

#include "base/stream.hpp"

#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace imgcrypt {

enum class ReadAhead { kInThread, kNone };

class ReadAheadSource final : public Source {
 public:
  // Starts the thread, or none: then every read is one of `inner`. `inner` must outlive it, and belongs to
  // the thread until this source has returned 0 or thrown, or is destroyed.
  ReadAheadSource(Source& inner, ReadAhead how);
  ~ReadAheadSource() override;
  ReadAheadSource(const ReadAheadSource&) = delete;
  ReadAheadSource& operator=(const ReadAheadSource&) = delete;

  // What `inner` throws is thrown here, behind all that it gave before.
  std::size_t read(MutableByteView buffer) override;

 private:
  static constexpr std::size_t kChunks = 8;

  struct Chunk {
    Bytes bytes;
    std::size_t size = 0;
  };

  void run();

  Source& inner_;
  ReadAhead how_;
  std::array<Chunk, kChunks> ring_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t filled_ = 0;  // chunks so far, by the thread
  std::size_t taken_ = 0;   // chunks so far, by the consumer
  std::size_t offset_ = 0;  // in the chunk being taken; the consumer's alone
  bool is_at_end_ = false;
  bool is_abandoned_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace imgcrypt
