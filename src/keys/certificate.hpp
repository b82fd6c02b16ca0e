// X.509 certificates (RFC 5280) as names of public keys. Validity, key usage and chain are never looked at:
// who encrypts for a certificate has chosen it. Immutable; safe for use by several threads.
#pragma once

#include "keys/key.hpp"

#include <string>
#include <string_view>

namespace imgcrypt {

class Certificate {
 public:
  // The first certificate of a PEM file, or a DER file. Throws kUsage when there is none; the message says
  // what it is that was given instead. Throws kRefused for keys that PublicKey refuses.
  static Certificate parse(ByteView file);

  [[nodiscard]] ByteView issuer() const noexcept { return issuer_; }  // the DER of its Name, as it stands
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
// A comma before a space occurs nowhere in a name, so that no name can pretend to another serial number.
[[nodiscard]] std::string describe_issuer(ByteView name_der, ByteView serial);

// What people know a certificate by; each is one short line of printable ASCII.
struct CertificateText {
  std::string subject;  // RFC 4514
  std::string issuer;
  std::string serial;      // "1a2b"
  std::string not_before;  // "2026-01-31T23:59:59Z"
  std::string not_after;
};

// Of the certificate that Certificate::parse takes. Throws as it does.
[[nodiscard]] CertificateText describe_certificate(ByteView file);

[[nodiscard]] bool is_certificate_label(std::string_view pem_label) noexcept;
[[nodiscard]] bool is_certificate(ByteView der);
// How many there are in a file that has one.
[[nodiscard]] std::size_t count_certificates(ByteView file);

}  // namespace imgcrypt
