// A layer decrypted while it is read. The last kHeldBack bytes, all of a shorter layer, are released only
// when the HMAC of the whole ciphertext has been checked; a consumer that must see nothing unauthenticated
// verifies first (check_layer_hmac) or throws away what it got when read() throws.
#pragma once

#include "base/read_ahead_source.hpp"
#include "base/stream.hpp"
#include "crypto/aes_ctr.hpp"
#include "layer/authenticated_source.hpp"

namespace imgcrypt {

class DecryptingSource final : public Source {
 public:
  static constexpr std::size_t kHeldBack = 64 * 1024;  // bytes

  // `cipher` must outlive it. With `hashing` in a thread that is where it is read and its HMAC computed,
  // which is most of the work.
  DecryptingSource(Source& cipher, const PrivateOptions& options, PublicOptions public_options,
                   ReadAhead hashing = ReadAhead::kNone);
  // Throws kIntegrity "layer authentication failed" when the HMAC does not fit.
  std::size_t read(MutableByteView buffer) override;

 private:
  void fill();

  AuthenticatedSource authenticated_;
  ReadAheadSource cipher_;
  AesCtr ctr_;
  Buffer buffer_;
  std::size_t begin_ = 0;  // of the plaintext in buffer_ that is not released yet
  std::size_t end_ = 0;
  bool is_verified_ = false;
};

// Reads the ciphertext to its end; throws kIntegrity "layer authentication failed" when the HMAC does not
// fit.
void check_layer_hmac(Source& cipher, const PrivateOptions& options, const PublicOptions& public_options);

}  // namespace imgcrypt
