// A source whose chunks are all of kChunkSize bytes but the last, for whoever counts in chunks. Whole ones
// pass as they are; shorter ones are gathered, which copies them.
#pragma once

#include "base/stream/stream.hpp"

namespace imgcrypt {

class WholeChunks final : public Source {
 public:
  // `inner` must outlive it.
  explicit WholeChunks(Source& inner) : inner_(inner) {}
  // A chunk shorter than kChunkSize comes only after the verified end of `inner`.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Source& inner_;
  std::optional<Chunk> rest_;  // what did not fit into the last one
};

}  // namespace imgcrypt
