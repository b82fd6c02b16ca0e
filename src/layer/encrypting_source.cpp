#include "layer/encrypting_source.hpp"

#include "base/stream/chunk_pool.hpp"
#include "base/work_time.hpp"

#include <utility>

namespace imgcrypt {

EncryptingSource::EncryptingSource(Source& plain, const PrivateOptions& options)
    : plain_(plain), cipher_(options.key, options.nonce), hmac_(hmac_sha256(options.key)) {}

std::optional<Chunk> EncryptingSource::next() {
  return failure_.guard([this]() -> std::optional<Chunk> {
    // The end may be asked for again, but the HMAC can be finished only once.
    if (!public_options_.hmac.empty()) return std::nullopt;
    const std::optional<Chunk> plain = plain_.next();
    if (!plain) {
      public_options_.hmac = hmac_.finish();
      return std::nullopt;
    }
    FreshChunk fresh = fresh_beside(*plain);
    {
      const WorkTimer timer(Work::kCipher);
      cipher_.apply(plain->view(), fresh.room().first(plain->size()));
    }
    // A fresh chunk rather than in place: the digest of the source may still be reading the plaintext.
    Chunk encrypted = std::move(fresh).filled(plain->size());
    hmac_.update(encrypted);
    return encrypted;
  });
}

}  // namespace imgcrypt
