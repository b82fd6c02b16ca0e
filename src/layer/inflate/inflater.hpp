// What an InflatingSource decompresses with: one gzip member or zstd frame at a time. Memory is bounded: less
// than 1 MiB for gzip, and a window of up to 128 MiB for zstd if the data asks for it. Belongs to one thread
// at a time.
#pragma once

#include "base/bytes.hpp"

#include <memory>

namespace imgcrypt {

class Inflater {
 public:
  virtual ~Inflater() = default;

  // Removes the bytes that it has used from the front of `input`, and returns how many it has written to
  // `output`: 0 if it needs more input or if the member has ended. Keeps no view. Throws kIntegrity for
  // damaged data; after that it must not be used any more. REQUIRES: not is_at_end(), and `output` is not
  // empty.
  [[nodiscard]] virtual std::size_t inflate(ByteView& input, MutableByteView output) = 0;
  // Whether the member has ended, and its checksum, if it has one, was right.
  [[nodiscard]] virtual bool is_at_end() const noexcept = 0;
  // Makes it ready for the next member.
  virtual void restart() = 0;
};

// RFC 1952. With ISA-L or zlib, which the build chooses. Throws kOther.
[[nodiscard]] std::unique_ptr<Inflater> make_gzip_inflater();
// RFC 8878, skippable frames included. Throws kOther.
[[nodiscard]] std::unique_ptr<Inflater> make_zstd_inflater();

}  // namespace imgcrypt
