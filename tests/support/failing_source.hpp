// A source that gives what it has and then fails, where others end.
#pragma once

#include "base/stream/stream.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt::test {

class FailingSource final : public Source {
 public:
  explicit FailingSource(ByteView bytes) : bytes_(bytes) {}  // which must outlive it
  std::size_t read(MutableByteView buffer) override {
    const std::size_t size = bytes_.read(buffer);
    if (size == 0) throw Error(ErrorCode::kIntegrity, "layer authentication failed");
    return size;
  }

 private:
  MemorySource bytes_;
};

}  // namespace imgcrypt::test
