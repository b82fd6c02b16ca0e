// A content digest (OCI image specification, "Descriptors": Digests). Being a type, it is checked before it
// reaches a path: sha256 or sha512, lower-case hex of the right length, nothing else.
#pragma once

#include "crypto/hash.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace imgcrypt {

class Digest {
 public:
  static Digest parse(std::string_view text);  // throws kIntegrity
  static std::optional<Digest> parse_if_valid(std::string_view text);
  static Digest of(ByteView content, HashAlgorithm algorithm = HashAlgorithm::kSha256);
  static Digest from_hash(HashAlgorithm algorithm, ByteView hash);

  [[nodiscard]] HashAlgorithm algorithm() const noexcept { return algorithm_; }
  [[nodiscard]] std::string algorithm_name() const;  // "sha256"
  [[nodiscard]] const std::string& hex() const noexcept { return hex_; }
  [[nodiscard]] std::string string() const { return algorithm_name() + ":" + hex_; }
  auto operator<=>(const Digest&) const = default;

 private:
  Digest(HashAlgorithm algorithm, std::string hex) : algorithm_(algorithm), hex_(std::move(hex)) {}

  HashAlgorithm algorithm_;
  std::string hex_;
};

}  // namespace imgcrypt
