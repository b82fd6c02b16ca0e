#include "oci/verifying_source.hpp"

#include <utility>

namespace imgcrypt {

VerifyingSource::VerifyingSource(std::unique_ptr<Source> inner, const Digest& digest, std::uint64_t size,
                                 Lane* lane)
    : inner_(std::move(inner)), digest_(digest), size_(size), hasher_(lane, Hasher(digest.algorithm())) {}

void VerifyingSource::fail(const std::string& why) {
  failure_ = why;
  throw Error(ErrorCode::kIntegrity, "blob " + digest_.string() + " is damaged: " + why,
              "fetch the image again from where it is whole");
}

std::size_t VerifyingSource::read(MutableByteView buffer) {
  if (verified_) return 0;
  if (!failure_.empty()) fail(failure_);
  const std::size_t size = inner_->read(buffer);
  if (size == 0) return finish();
  seen_ += size;
  if (seen_ > size_) fail("it is longer than the " + std::to_string(size_) + " bytes of its descriptor");
  hasher_.post(buffer.first(size));
  return size;
}

std::size_t VerifyingSource::finish() {
  if (seen_ < size_) {
    fail("it ends after " + std::to_string(seen_) + " of " + std::to_string(size_) + " bytes");
  }
  const Digest found = Digest::from_hash(digest_.algorithm(), hasher_.finish());
  if (found != digest_) fail("its content has the digest " + found.string());
  verified_ = true;
  return 0;
}

}  // namespace imgcrypt
