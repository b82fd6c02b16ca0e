// Bytes that flow: a Source is pulled from, a Sink is pushed to, pump joins them. Decorators take the inner
// stream by reference, which must outlive them. A stream belongs to one thread at a time; its chunks own
// their bytes and may be kept by anybody, in any thread, for any time.
#pragma once

#include "base/stream/chunk.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace imgcrypt {

class Source {
 public:
  virtual ~Source() = default;
  // Between 1 and kChunkSize bytes. nullopt is the verified end: whatever the source checks has been found
  // right; asked again, it says so again. Throws Error for all that is wrong; a source that has thrown throws
  // again.
  [[nodiscard]] virtual std::optional<Chunk> next() = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  // Takes all of it, or throws Error. May keep the chunk, but bounds how many it keeps
  // (ChunkPool::kMostKept).
  virtual void write(Chunk chunk) = 0;
};

// Moves everything to the verified end of `source`; returns the number of bytes. Throws what either throws,
// and kCancelled between chunks.
std::uint64_t pump(Source& source, Sink& sink);

// Reads to the verified end and keeps nothing; returns the number of bytes. Throws as pump.
std::uint64_t drain(Source& source);

// The whole source in memory. Throws kRefused, naming `what`, when it holds more than `limit` bytes.
[[nodiscard]] Bytes read_all(Source& source, std::size_t limit, std::string_view what);

// Gives bytes that are in memory already, without copying them.
class MemorySource final : public Source {
 public:
  explicit MemorySource(Bytes bytes) : MemorySource(Chunk(std::move(bytes))) {}
  explicit MemorySource(Chunk bytes) : rest_(std::move(bytes)) {}
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Chunk rest_;
};

}  // namespace imgcrypt
