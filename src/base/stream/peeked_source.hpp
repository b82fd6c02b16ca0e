// A source whose first bytes can be looked at before it is read, e.g. to tell its format. Nothing is lost: it
// still gives all bytes from the first on.
#pragma once

#include "base/stream/stream.hpp"

#include <deque>

namespace imgcrypt {

class PeekedSource final : public Source {
 public:
  // Reads ahead until `size` bytes or the end have come, and keeps the chunks. Throws what `inner` throws.
  // `inner` must outlive it.
  PeekedSource(Source& inner, std::size_t size);

  // The first `size` bytes, or all of a shorter source. Valid for as long as this object.
  [[nodiscard]] ByteView head() const noexcept { return head_; }
  // The chunks of `inner`, as they are.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Source& inner_;
  Bytes head_;
  std::deque<Chunk> ahead_;  // read but not given yet
};

}  // namespace imgcrypt
