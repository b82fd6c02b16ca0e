// A source whose first bytes are known before they are read.
#pragma once

#include "base/stream/stream.hpp"

#include <deque>

namespace imgcrypt {

class PeekedSource final : public Source {
 public:
  // Reads ahead until `size` bytes are known, or all of a shorter source. `inner` must outlive it. Throws
  // what `inner` throws.
  PeekedSource(Source& inner, std::size_t size);

  // Its first `size` bytes, fewer of a shorter source; valid for as long as this object.
  [[nodiscard]] ByteView head() const noexcept { return head_; }
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Source& inner_;
  Bytes head_;
  std::deque<Chunk> ahead_;  // read, and not yet given
};

}  // namespace imgcrypt
