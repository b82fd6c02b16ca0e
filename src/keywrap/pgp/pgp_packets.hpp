// A sequence of OpenPGP packets, taken apart (RFC 9580 section 4.2). Its bytes come from outside. For the
// sources of this folder.
#pragma once

#include "base/bytes.hpp"

namespace imgcrypt {

struct PgpPacket {
  unsigned tag = 0;
  ByteView body = {};  // of one in parts: only the first part
  ByteView whole = {};
};

// Belongs to one thread. The bytes must outlive it and what it gives.
class PgpPacketReader {
 public:
  explicit PgpPacketReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  // In the old format or the new one. Only a packet of encrypted data may be in parts, which may have any
  // length: some writers begin with fewer than the 512 bytes that the standard asks for. Throws kIntegrity
  // for what is not a packet or was cut off. REQUIRES: not at_end().
  PgpPacket take();

 private:
  struct Length {
    std::size_t size = 0;
    bool is_partial = false;
  };
  Length take_new_length();
  Length take_old_length(unsigned type);
  ByteView take_bytes(std::size_t size);
  std::size_t take_number(std::size_t size);

  ByteView rest_;
};

// What OpenPGP packets of encrypted data have as their tag: without authentication, with MDC or AEAD, and
// GnuPG's own.
[[nodiscard]] constexpr bool is_pgp_data(unsigned tag) { return tag == 9 || tag == 18 || tag == 20; }

}  // namespace imgcrypt
