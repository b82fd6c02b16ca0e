// A blob that is checked against its descriptor while it is read. Its verified end is reached only when size
// and digest are right; until then a consumer has seen bytes that may be forged, so nothing made of them may
// become visible. What transports return from ImageSource::open(). Belongs to one thread at a time.
#pragma once

#include "base/stream/chunk_hash.hpp"
#include "base/stream/sticky_failure.hpp"
#include "base/stream/stream.hpp"
#include "oci/descriptor.hpp"

#include <memory>

namespace imgcrypt {

// Memory does not depend on the blob's size: chunks are passed on as they come.
class VerifyingSource final : public Source {
 public:
  // `size` in bytes. Takes `inner`, which is not read before the first next().
  VerifyingSource(std::unique_ptr<Source> inner, const Digest& digest, std::uint64_t size);
  // Throws kIntegrity, "blob ... is damaged", as soon as there is a byte too many, else at the end; and what
  // `inner` throws. The hash is updated by the chunks' pool, which may lag behind until the end. A failure is
  // final and thrown again by every further call.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  [[noreturn]] void fail(const std::string& why) const;
  [[nodiscard]] std::optional<Chunk> verify_next();
  void finish();

  std::unique_ptr<Source> inner_;
  Digest digest_;
  std::uint64_t size_;
  std::uint64_t seen_ = 0;
  ChunkHash<Hasher> hasher_;
  StickyFailure failure_;
  bool verified_ = false;
};

}  // namespace imgcrypt
