// Keys, certificates and short calls for tests of the scheme pkcs7.
#pragma once

#include "keys/key_file.hpp"
#include "keywrap/pkcs7/pkcs7.hpp"
#include "support/vectors.hpp"

#include <optional>
#include <string>
#include <vector>

namespace imgcrypt::test {

inline constexpr auto kOnAllowed = UnauthenticatedPackets::kAllowed;
inline constexpr auto kOnRefused = UnauthenticatedPackets::kRefused;

inline Certificate certificate(const std::string& name) {
  return Certificate::parse(as_bytes(read_vector(name)));
}
inline PrivateKey private_key(const std::string& name) {
  return parse_private_key(as_bytes(read_vector(name)), nullptr);
}

inline const Certificate& certificate_one() {
  static const Certificate kOne = certificate("keys/cert1.pem");
  return kOne;
}
inline const Certificate& certificate_two() {
  static const Certificate kTwo = certificate("pkcs7/cert2.pem");
  return kTwo;
}
inline const PrivateKey& key_one() {
  static const PrivateKey kOne = private_key("keys/rsa.pem");
  return kOne;
}

inline std::optional<std::string> unwrap(ByteView packet, const PrivateKey& key,
                                         const std::vector<Certificate>& own = {},
                                         UnauthenticatedPackets legacy = kOnRefused) {
  Attempts attempts;
  const auto options = unwrap_pkcs7(key, own, legacy, packet, attempts);
  if (!options) return std::nullopt;
  return std::string(as_text(options->expose()));
}

inline std::optional<ErrorCode> error_with(ByteView packet, const std::vector<Certificate>& own = {},
                                           UnauthenticatedPackets legacy = kOnRefused) {
  return error_of([&] { (void)unwrap(packet, key_one(), own, legacy); });
}

inline Bytes wrap(const std::vector<Certificate>& recipients, std::string_view options = "options") {
  return Pkcs7Wrapper(recipients).wrap(secret(options));
}

inline Bytes vector_bytes(const Table& row) { return to_bytes(as_bytes(read_vector(text(row, "file")))); }

}  // namespace imgcrypt::test
