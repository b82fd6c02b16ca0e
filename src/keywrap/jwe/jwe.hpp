// The scheme `jwe`: private options encrypted as a JSON Web Encryption (RFC 7516, 7518). Written: RSA-OAEP
// and ECDH-ES+A256KW, or what a JWK says, with A256GCM; one flattened JWE for each recipient, with `kid`
// (docs/formats.md says why).
#pragma once

#include "keys/jwk.hpp"
#include "keys/key.hpp"
#include "keywrap/key_wrapper.hpp"
#include "keywrap/packet_recipient.hpp"

#include <vector>

namespace imgcrypt {

inline constexpr const char* kJweAnnotation = "org.opencontainers.image.enc.keys.jwe";

class JweWrapper final : public KeyWrapper {
 public:
  // With the JWK's own algorithm and key id, where it has them. Throws kUsage for an algorithm that is not
  // for this kind of key, or not supported.
  explicit JweWrapper(PublicJwk recipient, RecipientNames names = RecipientNames::kWritten);
  [[nodiscard]] std::string annotation() const override { return kJweAnnotation; }
  [[nodiscard]] Bytes wrap(const SecretBytes& options) const override;

 private:
  PublicKey key_;
  std::string algorithm_;
  std::string key_id_;  // empty: none is written
};

// nullopt: the packet is for another key. Throws kIntegrity or kRefused for a packet that no key should open,
// and as Attempts::use for each recipient that the key might be.
[[nodiscard]] std::optional<SecretBytes> unwrap_jwe(const PrivateKey& key, ByteView packet,
                                                    Attempts& attempts);

// Throws as JweMessage::parse.
[[nodiscard]] std::vector<PacketRecipient> describe_jwe(ByteView packet);

}  // namespace imgcrypt
