// What an InflatingSource decompresses with: a whole layer in one format, however many gzip members or zstd
// frames it has. Memory is bounded: less than 1 MiB for gzip; for zstd the window that the data asks for, up
// to kMostZstdWindow. Belongs to one thread at a time.
#pragma once

#include "base/bytes.hpp"

#include <imgcrypt/error.hpp>

#include <cstdint>
#include <memory>

namespace imgcrypt {

// The hint of every failure that lies in the compressed data: what was encrypted, or is not encrypted at all,
// does not get better by fetching it again.
inline constexpr const char* kInflateHint = "the layer was made like this: build the image again";

// containerd and skopeo decompress windows of up to 512 MiB too: what is refused here no node unpacks.
inline constexpr std::uint64_t kMostZstdWindow = std::uint64_t{512} << 20U;  // bytes

class Inflater {
 public:
  virtual ~Inflater() = default;

  // Removes the bytes that it has used from the front of `input`, and returns how many it has written to
  // `output`: 0 only when it has used all of `input` and needs more. Keeps no view. Throws kIntegrity for
  // damaged data, and kRefused for what is beyond a limit; after that it must not be used any more.
  // REQUIRES: `output` is not empty.
  [[nodiscard]] virtual std::size_t inflate(ByteView& input, MutableByteView output) = 0;
  // To be called when there is no more input: throws kIntegrity when it must not end here.
  virtual void finish() = 0;
  // Bytes after the end of the compressed data that were passed over. Complete after finish().
  [[nodiscard]] virtual std::uint64_t trailing_bytes() const noexcept = 0;
};

// RFC 1952. After the last member, whatever does not begin like a member is passed over, as gzip and pigz do
// it: the plain layer would be unpacked as well. Throws kOther.
[[nodiscard]] std::unique_ptr<Inflater> make_gzip_inflater();
// RFC 8878, skippable frames included. Bytes after the last frame are damage, as for zstd and containerd.
// Waits while other inflaters of this process have large windows (WindowShare). Throws kOther; inflate() also
// kCancelled.
[[nodiscard]] std::unique_ptr<Inflater> make_zstd_inflater();

}  // namespace imgcrypt
