// X.509 certificates (RFC 5280) as names of public keys. Validity, key usage and chain are never looked at:
// who encrypts for a certificate has chosen it. Immutable; safe for use by several threads.
#pragma once

#include "crypto/key.hpp"

#include <string>

namespace imgcrypt {

class Certificate {
 public:
  // The first certificate of a PEM file, or a DER file. Throws kUsage when there is none; the message tells
  // apart a private key, a public key and anything else. Throws kRefused for keys that PublicKey refuses.
  static Certificate parse(ByteView file);

  [[nodiscard]] ByteView issuer() const noexcept { return issuer_; }  // the DER of its Name, as it stands
  [[nodiscard]] ByteView serial() const noexcept { return serial_; }  // the content of its INTEGER
  [[nodiscard]] const PublicKey& public_key() const noexcept { return key_; }
  [[nodiscard]] std::string description() const;  // "certificate CN=issuer, serial 1a2b"

 private:
  Certificate(Bytes issuer, Bytes serial, PublicKey key)
      : issuer_(std::move(issuer)), serial_(std::move(serial)), key_(std::move(key)) {}

  Bytes issuer_;
  Bytes serial_;
  PublicKey key_;
};

// "CN=one,O=x, serial 1a2b" (RFC 4514), one short line of printable ASCII whatever the name holds. A comma
// before a space occurs nowhere in a name, so that no name can pretend to another serial number.
[[nodiscard]] std::string describe_issuer(ByteView name_der, ByteView serial);

}  // namespace imgcrypt
