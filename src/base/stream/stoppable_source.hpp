// A source that ends when another of several parallel tasks has failed.
#pragma once

#include "base/parallel.hpp"
#include "base/stream/stream.hpp"

namespace imgcrypt {

// Passes on `inner` unchanged, and throws kCancelled from the first chunk after `stop` was set. It cannot
// interrupt a call of inner.next() that waits.
class StoppableSource final : public Source {
 public:
  // Both must outlive it.
  StoppableSource(Source& inner, const StopFlag& stop) : inner_(inner), stop_(stop) {}
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  Source& inner_;
  const StopFlag& stop_;
};

}  // namespace imgcrypt
