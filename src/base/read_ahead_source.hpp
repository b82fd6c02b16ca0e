// A source read in a thread of its own, a bounded number of chunks ahead of its consumer: what stands before
// it and what stands behind it work side by side.
#pragma once

#include "base/chunk_ring.hpp"

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
  void run() noexcept;

  Source& inner_;
  ReadAhead how_;
  ChunkRing ring_;
  std::thread thread_;
};

}  // namespace imgcrypt
