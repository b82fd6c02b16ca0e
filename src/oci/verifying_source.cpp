#include "oci/verifying_source.hpp"

#include <utility>

namespace imgcrypt {
namespace {

constexpr const char* kFetchAgain = "fetch the image again from an intact copy";

}  // namespace

VerifyingSource::VerifyingSource(std::unique_ptr<Source> inner, const Digest& digest, std::uint64_t size)
    : inner_(std::move(inner)), digest_(digest), size_(size), hasher_(Hasher(digest.algorithm())) {}

void VerifyingSource::fail(const std::string& why) const {
  throw Error(ErrorCode::kIntegrity, "blob " + digest_.string() + " is damaged: " + why, kFetchAgain);
}

std::optional<Chunk> VerifyingSource::next() {
  return failure_.guard([this] { return verify_next(); });
}

std::optional<Chunk> VerifyingSource::verify_next() {
  // The inner source is not asked again after its end.
  if (verified_) return std::nullopt;
  std::optional<Chunk> chunk = inner_->next();
  if (!chunk) {
    finish();
    return std::nullopt;
  }
  // At the first byte too many, not at the end: a store may send without end.
  seen_ += chunk->size();
  if (seen_ > size_)
    throw Error(ErrorCode::kIntegrity,
                "blob " + digest_.string() + " or its descriptor is damaged: it is longer than the " +
                    std::to_string(size_) + " bytes that the descriptor says",
                kFetchAgain);
  hasher_.update(*chunk);
  return chunk;
}

// Lengths first: "it ends after" tells more about a cut-off download than a wrong digest.
void VerifyingSource::finish() {
  const Digest found = Digest::from_hash(digest_.algorithm(), hasher_.finish());
  if (seen_ < size_ && found == digest_)
    throw Error(ErrorCode::kIntegrity,
                "the descriptor of blob " + digest_.string() + " is wrong: it says " + std::to_string(size_) +
                    " bytes, but the content with this digest has " + std::to_string(seen_),
                kFetchAgain);
  if (seen_ < size_)
    fail("it ends after " + std::to_string(seen_) + " of " + std::to_string(size_) + " bytes");
  if (found != digest_) fail("the digest of its content is " + found.string());
  verified_ = true;
}

}  // namespace imgcrypt
