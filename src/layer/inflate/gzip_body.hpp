// A gzip member without its header: deflate data and the trailer with its CRC and length. By ISA-L or zlib,
// which the build chooses; for GzipInflater. Belongs to one thread at a time.
#pragma once

#include "base/bytes.hpp"

#include <memory>

namespace imgcrypt {

class GzipBody {
 public:
  virtual ~GzipBody() = default;

  // Removes the bytes that it has used from the front of `input`, and returns how many it has written to
  // `output`: 0 if it needs more input or the member has ended. Keeps no view. Throws kIntegrity for damaged
  // data. REQUIRES: not is_at_end(), and `output` is not empty.
  [[nodiscard]] virtual std::size_t inflate(ByteView& input, MutableByteView output) = 0;
  // Whether the member has ended, and its CRC and length were right.
  [[nodiscard]] virtual bool is_at_end() const noexcept = 0;
  // Makes it ready for the next member.
  virtual void restart() = 0;
};

// Throws kOther.
[[nodiscard]] std::unique_ptr<GzipBody> make_gzip_body();

}  // namespace imgcrypt
