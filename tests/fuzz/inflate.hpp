// What the targets for compressed layers share: InflatingSource must give what the library gives that others
// decompress with, wherever the input is cut.
#pragma once

#include "fuzz/fuzz.hpp"
#include "layer/inflate/inflating_source.hpp"
#include "support/memory_sink.hpp"

#include <algorithm>
#include <random>

namespace imgcrypt::test {

// Gives its bytes in pieces of random lengths, mostly short, as a pipe may.
class CutSource final : public Source {
 public:
  CutSource(ByteView bytes, unsigned seed) : rest_(to_bytes(bytes)), random_(seed) {}
  [[nodiscard]] std::optional<Chunk> next() override {
    if (rest_.size() == 0) return std::nullopt;
    const std::size_t size = std::min<std::size_t>(1 + random_() % (1U << (random_() % 12)), rest_.size());
    const Chunk piece = rest_.slice(0, size);
    rest_ = rest_.slice(size, rest_.size() - size);
    return piece;
  }

 private:
  Chunk rest_;
  std::mt19937 random_;
};

// nullopt: refused.
inline std::optional<Bytes> inflate_with_us(Source& compressed) {
  return attempt([&] {
    InflatingSource source(compressed);
    return pump_all(source);
  });
}

// `theirs` is what the library makes of the input; nullopt if it refuses it or finds bytes after the end.
inline void expect_same_inflated(ByteView input, const std::optional<Bytes>& theirs) {
  MemorySource in_one_piece(to_bytes(input));
  const auto ours = inflate_with_us(in_one_piece);
  expect(ours.has_value() == theirs.has_value(),
         theirs ? "accepted, as the library does" : "refused, as the library does");
  expect(ours == theirs, "the library's content");
  // Any seed will do, if it is the same for the same input.
  for (const unsigned seed :
       {static_cast<unsigned>(input.size()), input[0] + 256U * input[input.size() / 2]}) {
    CutSource cut(input, seed);
    expect(inflate_with_us(cut) == ours, "the same, however the input is cut");
  }
}

}  // namespace imgcrypt::test
