// What an InflatingSource decompresses with: one compressed member or frame at a time.
#pragma once

#include "base/bytes.hpp"

#include <memory>

namespace imgcrypt {

class Inflater {
 public:
  virtual ~Inflater() = default;

  // Takes bytes off the front of `input` and returns how many it wrote to `output`: 0 when it needs more
  // input, or when the member has ended. Throws kIntegrity for damaged data.
  [[nodiscard]] virtual std::size_t inflate(ByteView& input, MutableByteView output) = 0;
  // Whether the member has ended, its checksum included.
  [[nodiscard]] virtual bool is_at_end() const noexcept = 0;
  // Ready for the next member.
  virtual void restart() = 0;
};

[[nodiscard]] std::unique_ptr<Inflater> make_gzip_inflater();  // RFC 1952
[[nodiscard]] std::unique_ptr<Inflater> make_zstd_inflater();  // RFC 8878

}  // namespace imgcrypt
