// AES-256 in counter mode (NIST SP 800-38A section 6.5), the cipher of layers. The nonce is the whole first
// counter block, a big-endian number that wraps modulo 2^128 (appendix B.1). Encrypting and decrypting are
// the same. It authenticates nothing. An object belongs to one thread at a time.
#pragma once

#include "base/secret_bytes.hpp"

#include <memory>

namespace imgcrypt {

class AesCtr {
 public:
  static constexpr std::size_t kKeySize = 32;    // bytes
  static constexpr std::size_t kNonceSize = 16;  // bytes

  // Keeps the expanded key in memory that OpenSSL clears when it is freed. Throws kOther unless both have
  // exactly these sizes. REQUIRES: a pair of key and nonce encrypts one layer only.
  AesCtr(const SecretBytes& key, ByteView nonce);
  AesCtr(const AesCtr&) = delete;
  AesCtr& operator=(const AesCtr&) = delete;
  AesCtr(AesCtr&&) noexcept;
  AesCtr& operator=(AesCtr&&) noexcept;
  ~AesCtr();

  // Goes on where the last call stopped; how the bytes are divided into calls makes no difference.
  void apply(MutableByteView bytes);  // in place
  // REQUIRES: `result` is at least as long, and is the same memory as `bytes` or does not overlap it.
  void apply(ByteView bytes, MutableByteView result);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgcrypt
