// A layer decompressed while it is read. The first bytes tell how it is compressed, not the media type, which
// may be wrong: gzip (also of several members), zstd (also of several frames), or not at all. Belongs to one
// thread at a time.
#pragma once

#include "base/stream/chunk_pool.hpp"
#include "base/stream/peeked_source.hpp"
#include "base/stream/sticky_failure.hpp"
#include "layer/inflate/inflater.hpp"

#include <string_view>

namespace imgcrypt {

// What OCI layers may be compressed with (image specification, "Image Layer Filesystem Changeset").
enum class Compression { kNone, kGzip, kZstd };

// How many of a layer's first bytes are enough to tell.
inline constexpr std::size_t kMagicBytes = 10;

// kNone for everything that is not known, and for fewer bytes than a magic number has.
[[nodiscard]] Compression detect_compression(ByteView head) noexcept;
// "xz" or "bzip2": how a layer is compressed that InflatingSource passes on as if it were not, which OCI does
// not provide for. Empty for all others.
[[nodiscard]] std::string_view foreign_compression(ByteView head) noexcept;

class InflatingSource final : public Source {
 public:
  // Reads the first bytes of `compressed` already, and throws what that throws. `compressed` must outlive it.
  explicit InflatingSource(Source& compressed);
  // Decompressed bytes in chunks of kChunkSize, the last one perhaps shorter, from a pool of its own; a layer
  // that is not compressed comes in the chunks of `compressed`. However much a few bytes expand to, only one
  // chunk is decompressed at a time. Throws as Inflater does, kIntegrity for data that is cut short, and what
  // `compressed` throws.
  [[nodiscard]] std::optional<Chunk> next() override;
  // How many bytes after the end of the compressed data were passed over (Inflater). Final when next() has
  // returned nullopt.
  [[nodiscard]] std::uint64_t trailing_bytes() const noexcept {
    return inflater_ ? inflater_->trailing_bytes() : 0;
  }

 private:
  [[nodiscard]] std::optional<Chunk> inflate_next();
  [[nodiscard]] std::size_t inflate_into(MutableByteView room);

  PeekedSource compressed_;
  Compression compression_;
  std::unique_ptr<Inflater> inflater_;  // null: not compressed
  ChunkPool pool_;                      // of what is inflated
  std::optional<Chunk> chunk_;          // the compressed bytes at hand
  ByteView input_;                      // of chunk_, not yet taken
  StickyFailure failure_;
};

}  // namespace imgcrypt
