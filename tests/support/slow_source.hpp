// A source that gives few bytes at a time, as pipes do, in chunks of a pool, as stores do.
#pragma once

#include "base/stream/chunk_pool.hpp"
#include "base/stream/stream.hpp"

#include <algorithm>

namespace imgcrypt::test {

class SlowSource final : public Source {
 public:
  // Gives at most `step` bytes a chunk. `pool` must outlive it.
  SlowSource(Bytes bytes, std::size_t step, ChunkPool& pool)
      : bytes_(std::move(bytes)), step_(std::min(step, kChunkSize)), pool_(pool) {}
  [[nodiscard]] std::optional<Chunk> next() override {
    const ByteView part = ByteView(bytes_).subspan(at_, std::min(step_, bytes_.size() - at_));
    if (part.empty()) return std::nullopt;
    at_ += part.size();
    FreshChunk fresh = pool_.take();
    std::ranges::copy(part, fresh.room().begin());
    return std::move(fresh).filled(part.size());
  }

 private:
  Bytes bytes_;
  std::size_t step_;
  ChunkPool& pool_;
  std::size_t at_ = 0;
};

}  // namespace imgcrypt::test
