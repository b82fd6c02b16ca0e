// A source whose chunks, except the last, all have kChunkSize bytes, for decorators that count in chunks.
// Chunks that are whole already pass as they are; shorter ones are gathered, which copies them.
#pragma once

#include "base/stream/stream.hpp"

namespace imgcrypt {

class WholeChunks final : public Source {
 public:
  // `inner` must outlive it.
  explicit WholeChunks(Source& inner) : inner_(inner) {}
  // A chunk shorter than kChunkSize means that `inner` has reached its verified end. Throws what `inner` and
  // fresh_beside throw.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Source& inner_;
  std::optional<Chunk> rest_;  // read from `inner` but not given yet
};

}  // namespace imgcrypt
