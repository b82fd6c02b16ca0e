// Bytes that flow: a Source is pulled from, a Sink is pushed to, and pump joins them. Decorators take the
// inner stream by reference; it must outlive them. A stream belongs to one thread at a time. Its chunks own
// their bytes: everybody may keep them, in any thread, for any time.
#pragma once

#include "base/stream/chunk.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace imgcrypt {

class Source {
 public:
  virtual ~Source() = default;
  // The next 1 to kChunkSize bytes. nullopt is the verified end: everything that this source checks was found
  // to be right. Throws Error for whatever is wrong. Both are final: called again, it returns nullopt again,
  // or throws again (StickyFailure helps with that).
  [[nodiscard]] virtual std::optional<Chunk> next() = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  // Takes all of it, or throws Error. May keep the chunk after it has returned, e.g. until a server has
  // acknowledged it, but must bound how many it keeps (ChunkPool::kMostKept).
  virtual void write(Chunk chunk) = 0;
};

// Moves everything up to the verified end of `source`; returns the number of bytes. Throws what either of
// them throws, and kCancelled between two chunks. This is the only loop that copies.
std::uint64_t pump(Source& source, Sink& sink);

// Reads to the verified end and keeps nothing, for the sake of what the source checks or computes; returns
// the number of bytes. Throws like pump.
std::uint64_t drain(Source& source);

// The whole source, up to its verified end, in memory. Throws kRefused, naming `what`, when it has more than
// `limit` bytes, and what the source throws.
[[nodiscard]] Bytes read_all(Source& source, std::size_t limit, std::string_view what);

// Gives bytes that are in memory already, without copying them: its chunks are slices, which keep all of the
// bytes. Never throws Error.
class MemorySource final : public Source {
 public:
  explicit MemorySource(Bytes bytes) : MemorySource(Chunk(std::move(bytes))) {}
  explicit MemorySource(Chunk bytes) : rest_(std::move(bytes)) {}
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Chunk rest_;
};

}  // namespace imgcrypt
