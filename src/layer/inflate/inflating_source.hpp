// A layer decompressed while it is read: gzip (several members, too) and zstd (several frames) by their first
// bytes; anything else passes through as it is.
#pragma once

#include "base/stream/chunk_pool.hpp"
#include "base/stream/peeked_source.hpp"
#include "base/stream/sticky_failure.hpp"
#include "layer/inflate/inflater.hpp"

namespace imgcrypt {

enum class Compression { kNone, kGzip, kZstd };

inline constexpr std::size_t kMagicBytes = 4;  // enough to tell

[[nodiscard]] Compression detect_compression(ByteView head) noexcept;

class InflatingSource final : public Source {
 public:
  // Reads the first bytes of `compressed`, which must outlive it; throws what that throws.
  explicit InflatingSource(Source& compressed);
  // Throws kIntegrity for data that is damaged or cut short, and for bytes after its end.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  [[nodiscard]] std::optional<Chunk> inflate_next();
  [[nodiscard]] std::size_t inflate_into(MutableByteView room);
  bool fill();
  void start_next_member();

  PeekedSource compressed_;
  Compression compression_;
  std::unique_ptr<Inflater> inflater_;  // null: not compressed
  ChunkPool pool_;                      // of what is inflated
  std::optional<Chunk> chunk_;          // the compressed bytes at hand
  ByteView input_;                      // of chunk_, not yet taken
  StickyFailure failure_;
};

}  // namespace imgcrypt
