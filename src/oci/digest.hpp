// A content digest (OCI image specification, "Content Descriptors", Digests): what names a blob. A digest of
// this type has been checked, so that it may become a file name: sha256 or sha512, lower-case hex of the
// right length, nothing else. A value; ordered by algorithm, then hex.
#pragma once

#include "crypto/hash.hpp"

#include <compare>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace imgcrypt {

class Digest {
 public:
  // "sha256:..." or "sha512:...". Throws kIntegrity, quoting at most 140 bytes of `text`.
  static Digest parse(std::string_view text);
  // For texts that may be something else, such as annotations: nullopt instead of an error.
  static std::optional<Digest> parse_if_valid(std::string_view text);
  // Hashes `content`, which must be in memory; larger content goes through a Hasher and from_hash().
  static Digest of(ByteView content, HashAlgorithm algorithm = HashAlgorithm::kSha256);
  // REQUIRES: `hash` has the length of the algorithm's hashes.
  static Digest from_hash(HashAlgorithm algorithm, ByteView hash);

  [[nodiscard]] HashAlgorithm algorithm() const noexcept { return algorithm_; }
  [[nodiscard]] std::string algorithm_name() const;  // "sha256"
  // 64 or 128 digits: the blob's file name in a layout.
  [[nodiscard]] const std::string& hex() const noexcept { return hex_; }
  // As documents have it: what parse() accepts.
  [[nodiscard]] std::string string() const { return algorithm_name() + ":" + hex_; }
  auto operator<=>(const Digest&) const = default;

 private:
  Digest(HashAlgorithm algorithm, std::string hex) : algorithm_(algorithm), hex_(std::move(hex)) {}

  HashAlgorithm algorithm_;
  std::string hex_;
};

// Every digest that the text names, whatever the text is.
[[nodiscard]] std::set<Digest> digests_in(std::string_view text);

}  // namespace imgcrypt
