#include "crypto/certificate.hpp"

#include "base/encoding.hpp"
#include "crypto/der.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"

#include <imgcrypt/error.hpp>

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

namespace imgcrypt {
namespace {

using X509Certificate = std::unique_ptr<X509, openssl::Deleter<X509_free>>;
using X509Name = std::unique_ptr<X509_NAME, openssl::Deleter<X509_NAME_free>>;

constexpr std::array<std::string_view, 3> kLabels = {"CERTIFICATE", "X509 CERTIFICATE",
                                                     "TRUSTED CERTIFICATE"};
constexpr std::size_t kMostNameLength = 200;
constexpr std::size_t kMostSerialBytes = 20;  // RFC 5280 section 4.1.2.2

[[noreturn]] void fail_without_certificate(bool has_private, bool has_public) {
  const char* hint = "give an X.509 certificate in PEM or DER";
  if (has_private)
    throw Error(ErrorCode::kUsage, "a private key was given where a certificate is needed", hint);
  if (has_public)
    throw Error(ErrorCode::kUsage, "a public key was given where a certificate is needed", hint);
  throw Error(ErrorCode::kUsage, "not a certificate", hint);
}

// The DER of the first certificate; a TRUSTED one has OpenSSL's notes behind it.
Bytes find_der(ByteView file) {
  if (!file.empty() && file.front() == 0x30) return to_bytes(file);
  bool has_private = false;
  bool has_public = false;
  for (const PemBlock& block : split_pem(as_text(file))) {
    if (std::ranges::find(kLabels, block.label) != kLabels.end()) return to_bytes(block.der.expose());
    has_private = has_private || block.label.ends_with("PRIVATE KEY");
    has_public = has_public || block.label.ends_with("PUBLIC KEY");
  }
  fail_without_certificate(has_private, has_public);
}

template <typename Object, typename Encode>
Bytes encode(const Object* object, Encode write) {
  Bytes der(static_cast<std::size_t>(write(object, nullptr)));
  std::uint8_t* at = der.data();
  write(object, &at);
  return der;
}

std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  text.resize(most);
  return text + "...";
}

std::string describe_name(ByteView der) {
  const std::uint8_t* at = der.data();
  const X509Name name(d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size())));
  const openssl::Bio text(openssl::check(BIO_new(BIO_s_mem()), "BIO_new"));
  const bool printed = name && X509_NAME_print_ex(text.get(), name.get(), 0, XN_FLAG_RFC2253) >= 0;
  ERR_clear_error();
  if (!printed) return "an unreadable name";
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : "an empty name";
}

}  // namespace

Certificate Certificate::parse(ByteView file) {
  const Bytes der = find_der(file);
  const std::uint8_t* at = der.data();
  const X509Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  EVP_PKEY* key = certificate ? X509_get_pubkey(certificate.get()) : nullptr;
  ERR_clear_error();
  if (!certificate) throw Error(ErrorCode::kUsage, "the certificate is damaged, or no certificate");
  if (key == nullptr)
    throw Error(ErrorCode::kUsage, "the certificate's key is of a kind that is not supported");
  PublicKey public_key(key);
  Bytes issuer = encode(X509_get_issuer_name(certificate.get()), i2d_X509_NAME);
  const Bytes serial = encode(X509_get0_serialNumber(certificate.get()), i2d_ASN1_INTEGER);
  const auto content = DerReader(serial).take(DerTag::kInteger);
  if (!content) throw Error(ErrorCode::kUsage, "the certificate's serial number is damaged");
  return {std::move(issuer), to_bytes(*content), std::move(public_key)};
}

std::string Certificate::description() const { return "certificate " + describe_issuer(issuer_, serial_); }

std::string describe_issuer(ByteView name_der, ByteView serial) {
  const std::string number = encode_hex(serial.first(std::min(serial.size(), kMostSerialBytes + 1)));
  return printable(cut(describe_name(name_der), kMostNameLength)) + ", serial " +
         cut(number, 2 * kMostSerialBytes);
}

}  // namespace imgcrypt
