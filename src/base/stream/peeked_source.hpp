// A source whose first bytes are known before they are read.
#pragma once

#include "base/stream/stream.hpp"

namespace imgcrypt {

class PeekedSource final : public Source {
 public:
  // Reads that many bytes, or all of a shorter source. `inner` must outlive it.
  PeekedSource(Source& inner, std::size_t size);

  [[nodiscard]] ByteView head() const noexcept { return head_; }
  std::size_t read(MutableByteView buffer) override;

 private:
  Source& inner_;
  Bytes head_;
  std::size_t given_ = 0;  // bytes of head_ that were read
  bool is_at_end_ = false;
};

}  // namespace imgcrypt
