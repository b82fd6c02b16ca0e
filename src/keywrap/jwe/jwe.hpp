// The scheme `jwe`: private options encrypted as a JSON Web Encryption (RFC 7516, RFC 7518). We write
// RSA-OAEP and ECDH-ES+A256KW, or what a JWK asks for, with A256GCM; one flattened JWE for each recipient,
// with `kid` (docs/formats.md says why). Safe for use by several threads.
#pragma once

#include "keys/jwk.hpp"
#include "keys/key.hpp"
#include "keywrap/key_wrapper.hpp"
#include "keywrap/packet_recipient.hpp"

#include <vector>

namespace imgcrypt {

// Of a layer's descriptor; packets in base64, joined by commas.
inline constexpr const char* kJweAnnotation = "org.opencontainers.image.enc.keys.jwe";

// One recipient, one packet: ocicrypt-rs tries only the first recipient of a JWE whose algorithm fits, and
// newer ocicrypt refuses the whole JWE for one algorithm that it does not allow.
class JweWrapper final : public KeyWrapper {
 public:
  // Uses the JWK's own algorithm and key id, where it has them; else the key id is the key's thumbprint.
  // Throws kUsage for an algorithm that does not fit this kind of key or is not supported, and for a key that
  // is not for encryption.
  explicit JweWrapper(PublicJwk recipient, RecipientNames names = RecipientNames::kWritten);
  [[nodiscard]] std::string annotation() const override { return kJweAnnotation; }
  [[nodiscard]] Bytes wrap(const SecretBytes& options) const override;

 private:
  PublicKey key_;
  std::string algorithm_;
  std::string key_id_;  // empty: none is written
};

// The private options; nullopt: the packet is for another key. `kid` is not looked at, as writers may leave
// it out. Throws kIntegrity when the key opens the content key but not the content, and for what is not a
// JWE; kRefused for algorithms and header parameters that we do not read; and as Attempts::use, called for
// each recipient that the key might be.
[[nodiscard]] std::optional<SecretBytes> unwrap_jwe(const PrivateKey& key, ByteView packet,
                                                    Attempts& attempts);

// Its recipients, in the packet's order. Throws as JweMessage::parse.
[[nodiscard]] std::vector<PacketRecipient> describe_jwe(ByteView packet);

}  // namespace imgcrypt
