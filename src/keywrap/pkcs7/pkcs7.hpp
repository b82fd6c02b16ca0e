// The scheme `pkcs7`: private options as a CMS EnvelopedData (RFC 5652) for holders of RSA certificates. We
// write AES-128-GCM and RSAES-PKCS1-v1_5 in the shape that other ocicrypt tools use and OpenSSL's CMS cannot
// read (docs/formats.md); we also read AES-256-GCM, RSAES-OAEP and BER. Safe for use by several threads.
#pragma once

#include "keys/certificate.hpp"
#include "keys/key.hpp"
#include "keywrap/key_wrapper.hpp"
#include "keywrap/packet_recipient.hpp"
#include "keywrap/user_key.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace imgcrypt {

// Of a layer's descriptor; packets in base64, joined by commas.
inline constexpr const char* kPkcs7Annotation = "org.opencontainers.image.enc.keys.pkcs7";

// Throws kUsage for a certificate whose key is not RSA.
// For before the wrapper is made, so that the error names the one file.
void check_pkcs7_recipient(const Certificate& recipient);

class Pkcs7Wrapper final : public KeyWrapper {
 public:
  // One packet for all of them. Throws as check_pkcs7_recipient, and kUsage for more than kMostPackets.
  // REQUIRES: at least one.
  explicit Pkcs7Wrapper(std::vector<Certificate> recipients);
  [[nodiscard]] std::string annotation() const override { return kPkcs7Annotation; }
  [[nodiscard]] Bytes wrap(const SecretBytes& options) const override;

 private:
  std::vector<Certificate> recipients_;
};

// `own` are the certificates of this key: when there are any, only the recipients that they name are tried.
// nullopt: no recipient is for this key; without certificates also when the packet is damaged, which looks
// like a wrong key. Throws kIntegrity when a recipient that a certificate names does not open, and for what
// is not a message; kRefused for algorithms that we do not read, unauthenticated ones unless allowed;
// kCancelled; and as Attempts::use.
[[nodiscard]] std::optional<SecretBytes> unwrap_pkcs7(const PrivateKey& key, std::span<const Certificate> own,
                                                      UnauthenticatedPackets unauthenticated, ByteView packet,
                                                      Attempts& attempts);

// Its recipients, in the packet's order, those of kinds that we do not read included. Throws as
// Pkcs7Message::parse.
[[nodiscard]] std::vector<PacketRecipient> describe_pkcs7(ByteView packet);

}  // namespace imgcrypt
