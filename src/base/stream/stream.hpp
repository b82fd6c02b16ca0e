// Bytes that flow: a Source is pulled from, a Sink is pushed to, pump joins them. Decorators take the inner
// stream by reference, which must outlive them. One thread at a time.
#pragma once

#include "base/bytes.hpp"

#include <string_view>

namespace imgcrypt {

// Enough for one read(2) to be cheap, little enough to stay in the cache through every pass over it.
inline constexpr std::size_t kChunkSize = 128 * 1024;

class Lane;

class Source {
 public:
  virtual ~Source() = default;
  // Between 1 and buffer.size() bytes; 0 means the verified end. Throws Error; a source that has thrown
  // throws again when it is read again. REQUIRES: buffer is not empty.
  virtual std::size_t read(MutableByteView buffer) = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(ByteView bytes) = 0;  // all of them, or throws Error
};

// Moves everything to the verified end of `source`; returns the number of bytes. Throws kCancelled between
// chunks.
std::uint64_t pump(Source& source, Sink& sink);

// The same through several buffers, so that source and sink may post chunks to the lane: none is overwritten
// before the lane is done with it.
std::uint64_t pump(Source& source, Sink& sink, Lane& lane);

// Reads to the verified end and keeps nothing; returns the number of bytes. Throws as pump.
std::uint64_t drain(Source& source);
std::uint64_t drain(Source& source, Lane& lane);  // which may be posted to, as by pump

// The whole source in memory. Throws kRefused, naming `what`, when it holds more than `limit` bytes.
[[nodiscard]] Bytes read_all(Source& source, std::size_t limit, std::string_view what);

// Reads from memory that must outlive it.
class MemorySource final : public Source {
 public:
  explicit MemorySource(ByteView bytes) : rest_(bytes) {}
  std::size_t read(MutableByteView buffer) override;

 private:
  ByteView rest_;
};

}  // namespace imgcrypt
