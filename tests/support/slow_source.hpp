// A source that gives few bytes at a time, as pipes do.
#pragma once

#include "base/stream/stream.hpp"

#include <algorithm>

namespace imgcrypt::test {

class SlowSource final : public Source {
 public:
  // `bytes` must outlive the source. Gives at most `step` of them a read.
  SlowSource(ByteView bytes, std::size_t step) : bytes_(bytes), step_(step) {}
  std::size_t read(MutableByteView buffer) override {
    return bytes_.read(buffer.first(std::min(buffer.size(), step_)));
  }

 private:
  MemorySource bytes_;
  std::size_t step_;
};

}  // namespace imgcrypt::test
