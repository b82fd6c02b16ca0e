// A source that gives what it has and then fails, where others end.
#pragma once

#include "base/stream/stream.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt::test {

class FailingSource final : public Source {
 public:
  explicit FailingSource(Bytes bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::optional<Chunk> next() override {
    std::optional<Chunk> chunk = bytes_.next();
    if (!chunk) throw Error(ErrorCode::kIntegrity, "layer authentication failed");
    return chunk;
  }

 private:
  MemorySource bytes_;
};

}  // namespace imgcrypt::test
