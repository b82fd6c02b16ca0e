#include "oci/digest.hpp"

#include "base/text/encoding.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {

std::optional<Digest> Digest::parse_if_valid(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(0, colon);
  const std::string_view hex = text.substr(colon + 1);
  if (name != "sha256" && name != "sha512") return std::nullopt;
  const HashAlgorithm algorithm = name == "sha256" ? HashAlgorithm::kSha256 : HashAlgorithm::kSha512;
  if (hex.size() != 2 * hash_size(algorithm)) return std::nullopt;
  // Upper case is refused, as it would be a second file name for one blob.
  if (hex.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  return Digest(algorithm, std::string(hex));
}

Digest Digest::parse(std::string_view text) {
  auto digest = parse_if_valid(text);
  if (!digest) {
    // 140 bytes are a whole sha512 digest and a little more: the text is from outside and may be long.
    throw Error(ErrorCode::kIntegrity, "not a digest: \"" + std::string(text.substr(0, 140)) + "\"",
                "a digest is sha256: or sha512: followed by 64 or 128 lower-case hex digits");
  }
  return std::move(*digest);
}

Digest Digest::of(ByteView content, HashAlgorithm algorithm) {
  Hasher hasher(algorithm);
  hasher.update(content);
  return from_hash(algorithm, hasher.finish());
}

Digest Digest::from_hash(HashAlgorithm algorithm, ByteView hash) { return {algorithm, encode_hex(hash)}; }

std::string Digest::algorithm_name() const {
  return algorithm_ == HashAlgorithm::kSha256 ? "sha256" : "sha512";
}

std::set<Digest> digests_in(std::string_view text) {
  constexpr std::string_view kName = "sha256:";  // as long as the other one
  std::set<Digest> digests;
  for (std::size_t at = text.find("sha"); at != std::string_view::npos; at = text.find("sha", at + 1)) {
    for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
      const auto digest = Digest::parse_if_valid(text.substr(at, kName.size() + 2 * hash_size(algorithm)));
      if (digest) digests.insert(*digest);
    }
  }
  return digests;
}

}  // namespace imgcrypt
