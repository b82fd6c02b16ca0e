// AES-256 in counter mode (NIST SP 800-38A): the nonce is the whole first counter block, big-endian, which
// wraps modulo 2^128. Encrypting and decrypting are the same.
#pragma once

#include "base/secret_bytes.hpp"

#include <memory>

namespace imgcrypt {

class AesCtr {
 public:
  static constexpr std::size_t kKeySize = 32;    // bytes
  static constexpr std::size_t kNonceSize = 16;  // bytes

  // REQUIRES: both have exactly these sizes.
  AesCtr(const SecretBytes& key, ByteView nonce);
  AesCtr(const AesCtr&) = delete;
  AesCtr& operator=(const AesCtr&) = delete;
  AesCtr(AesCtr&&) noexcept;
  AesCtr& operator=(AesCtr&&) noexcept;
  ~AesCtr();

  void apply(MutableByteView bytes);  // in place
  // Into `result`, which is as long, and the same or elsewhere.
  void apply(ByteView bytes, MutableByteView result);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgcrypt
