// A layer decompressed while it is read: gzip (several members, too) and zstd (several frames) by their first
// bytes; anything else passes through as it is.
#pragma once

#include "base/stream/stream.hpp"
#include "layer/inflate/inflater.hpp"

namespace imgcrypt {

enum class Compression { kNone, kGzip, kZstd };

inline constexpr std::size_t kMagicBytes = 4;  // enough to tell

[[nodiscard]] Compression detect_compression(ByteView head) noexcept;

class InflatingSource final : public Source {
 public:
  // `compressed` must outlive it.
  explicit InflatingSource(Source& compressed) : compressed_(compressed), buffer_(kChunkSize) {}
  // Throws kIntegrity for data that is damaged or cut short, and for bytes behind its end.
  std::size_t read(MutableByteView buffer) override;

 private:
  std::size_t pull(MutableByteView buffer);
  bool fill();
  void start();
  void start_next_member();

  Source& compressed_;
  Buffer buffer_;
  ByteView input_;  // of buffer_, not yet taken
  bool is_input_at_end_ = false;
  bool is_started_ = false;
  Compression compression_ = Compression::kNone;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace imgcrypt
