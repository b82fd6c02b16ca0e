// Chunks on their way from one thread to another, a bounded number of them. One thread writes and one reads;
// each may give up, which the other sees at its next chunk.
#pragma once

#include "base/stream/stream.hpp"

#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>

namespace imgcrypt {

class ChunkRing final : public Source, public Sink {
 public:
  // The writer's: room for the next chunk, waited for; empty when nobody reads any more.
  [[nodiscard]] MutableByteView room();
  // That many bytes of the room are filled. REQUIRES: at least one.
  void push(std::size_t size);
  // Copies them; drops what nobody reads.
  void write(ByteView bytes) override;
  // Nothing more comes. What `failure` holds is thrown by read(), behind all that came before.
  void end(std::exception_ptr failure = nullptr) noexcept;

  // The reader's.
  std::size_t read(MutableByteView buffer) override;
  void abandon() noexcept;

 private:
  static constexpr std::size_t kChunks = 8;

  struct Chunk {
    Bytes bytes;
    std::size_t size = 0;
  };

  std::array<Chunk, kChunks> chunks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t filled_ = 0;  // chunks so far, by the writer
  std::size_t taken_ = 0;   // chunks so far, by the reader
  std::size_t offset_ = 0;  // in the chunk being taken; the reader's alone
  bool is_at_end_ = false;
  bool is_abandoned_ = false;
  std::exception_ptr failure_;
};

}  // namespace imgcrypt
