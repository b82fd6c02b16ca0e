// SSH's own encoding of keys (RFC 4251 section 5, RFC 4253 section 6.6). Readers throw kUsage for what is cut
// off or malformed, in words for the user who named the key.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <string_view>

namespace imgcrypt::keyprovider::age {

[[noreturn]] void fail_ssh_key();

// Takes values from the front. Views are into the bytes that it was made for.
class SshReader {
 public:
  explicit SshReader(ByteView bytes) : rest_(bytes) {}

  std::uint32_t take_number();
  ByteView take_string();
  // Positive, without its sign; in the one form that it has.
  ByteView take_integer();
  [[nodiscard]] ByteView rest() const noexcept { return rest_; }
  // Throws if something follows.
  void expect_end() const;

 private:
  ByteView take(std::size_t size);

  ByteView rest_;
};

void append_ssh_string(ByteView value, Bytes& out);

}  // namespace imgcrypt::keyprovider::age
