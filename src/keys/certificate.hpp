// X.509 certificates (RFC 5280) as names of public keys. Their validity, key usage and chain are not checked:
// whoever encrypts for a certificate has chosen it. Immutable; safe for use by several threads.
#pragma once

#include "keys/key.hpp"

#include <string>
#include <string_view>

namespace imgcrypt {

class Certificate {
 public:
  // The first certificate of a PEM file, or a DER file. Throws kUsage when there is none, with a message that
  // says what was given instead; kRefused for keys that PublicKey refuses.
  static Certificate parse(ByteView file);

  // Views live as long as this.
  // Together the IssuerAndSerialNumber by which CMS names a recipient (RFC 5652 section 10.2.4). Both
  // are compared byte for byte, so neither is decoded or made canonical.
  [[nodiscard]] ByteView issuer() const noexcept { return issuer_; }  // the DER of its Name, unchanged
  [[nodiscard]] ByteView serial() const noexcept { return serial_; }  // the content of its INTEGER
  [[nodiscard]] const PublicKey& public_key() const noexcept { return key_; }
  [[nodiscard]] std::string description() const;  // "certificate issued by CN=one, serial 1a2b"

 private:
  Certificate(Bytes issuer, Bytes serial, PublicKey key)
      : issuer_(std::move(issuer)), serial_(std::move(serial)), key_(std::move(key)) {}

  Bytes issuer_;
  Bytes serial_;
  PublicKey key_;
};

// "issued by CN=one,O=x, serial 1a2b" (RFC 4514), one short line of printable ASCII whatever the name holds.
// No name contains a comma followed by a space, so none can fake another serial number.
[[nodiscard]] std::string describe_issuer(ByteView name_der, ByteView serial);

// What people know a certificate by; each is one short line of printable ASCII.
struct CertificateText {
  // A part that OpenSSL cannot decode reads "an unreadable name" or "an unreadable time".
  std::string subject;  // RFC 4514
  std::string issuer;
  std::string serial;      // "1a2b"
  std::string not_before;  // "2026-01-31T23:59:59Z"
  std::string not_after;
};

// About the certificate that Certificate::parse takes. Throws as it does.
[[nodiscard]] CertificateText describe_certificate(ByteView file);

// "CERTIFICATE" (RFC 7468 section 5), the older "X509 CERTIFICATE", and OpenSSL's "TRUSTED CERTIFICATE".
[[nodiscard]] bool is_certificate_label(std::string_view pem_label) noexcept;
// Whether OpenSSL can read it as one, whatever its key.
[[nodiscard]] bool is_certificate(ByteView der);
// Whether the certificate that Certificate::parse takes may issue others (RFC 5280 section 4.2.1.9): in a
// chain it is not the recipient's. Throws as Certificate::parse.
[[nodiscard]] bool is_ca(ByteView file);
// How many certificates are in the file. REQUIRES: Certificate::parse accepts it.
[[nodiscard]] std::size_t count_certificates(ByteView file);

}  // namespace imgcrypt
