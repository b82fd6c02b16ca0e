#include "keys/certificate.hpp"

#include "base/text/encoding.hpp"
#include "crypto/openssl.hpp"
#include "keys/asn1/der.hpp"
#include "keys/foreign_key.hpp"
#include "keys/key_file_format.hpp"
#include "keys/openssl_keys.hpp"
#include "keys/pem.hpp"

#include <imgcrypt/error.hpp>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace imgcrypt {
namespace {

using X509Certificate = std::unique_ptr<X509, openssl::Deleter<X509_free>>;
using X509Name = std::unique_ptr<X509_NAME, openssl::Deleter<X509_NAME_free>>;

constexpr std::array<std::string_view, 3> kLabels = {"CERTIFICATE", "X509 CERTIFICATE",
                                                     "TRUSTED CERTIFICATE"};
// Names come from files and packets of any length; a message must stay one line that people can read.
constexpr std::size_t kMostNameLength = 200;
constexpr std::size_t kMostSerialBytes = 20;  // RFC 5280 section 4.1.2.2

[[noreturn]] void fail_without_certificate(bool has_private, bool has_public) {
  if (has_private) {
    throw Error(ErrorCode::kUsage, "a private key was given where a certificate is needed",
                "give the certificate that belongs to the private key");
  }
  if (has_public) {
    throw Error(ErrorCode::kUsage, "a public key was given where a certificate is needed",
                "give its certificate");
  }
  throw Error(ErrorCode::kUsage, "not a certificate, or a damaged one",
              "give an X.509 certificate in PEM or DER");
}

// The DER of the first certificate. OpenSSL's own notes follow that of a TRUSTED one.
Bytes find_der(ByteView file) {
  if (is_der(file)) return to_bytes(file);
  bool has_private = false;
  bool has_public = false;
  for (const PemBlock& block : split_pem(as_text(file))) {
    if (is_certificate_label(block.label)) return to_bytes(block.der.expose());
    has_private = has_private || block.label.ends_with("PRIVATE KEY");
    has_public = has_public || block.label.ends_with("PUBLIC KEY");
  }
  fail_without_certificate(has_private, has_public);
}

// Null for what is not a certificate.
X509Certificate decode(ByteView der) {
  const std::uint8_t* at = der.data();
  X509Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

X509Certificate open_certificate(ByteView file) {
  return parse_or_recognize(file, [&] {
    const Bytes der = find_der(file);
    auto certificate = decode(der);
    if (certificate) return certificate;
    // Only for the message: DER does not say what it is.
    const openssl::Key private_key(private_key_from_der(der));
    const openssl::Key public_key(public_key_from_der(der));
    fail_without_certificate(private_key != nullptr, public_key != nullptr);
  });
}

template <typename Object, typename Encode>
Bytes encode(const Object* object, Encode write) {
  Bytes der(static_cast<std::size_t>(write(object, nullptr)));
  std::uint8_t* at = der.data();
  write(object, &at);
  return der;
}

std::string describe_name(const X509_NAME* name) {
  const openssl::Bio text(openssl::check(BIO_new(BIO_s_mem()), "BIO_new"));
  const bool printed = name != nullptr && X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253) >= 0;
  ERR_clear_error();
  if (!printed) return "an unreadable name";
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  if (size <= 0) return "an empty name";
  return printable(shortened(std::string(data, static_cast<std::size_t>(size)), kMostNameLength));
}

// DER puts a zero byte before a number whose first bit is set.
std::string describe_serial(ByteView content) {
  if (content.size() > 1 && content.front() == 0) content = content.subspan(1);
  // One byte more than is shown: then shortened() marks the cut.
  return shortened(encode_hex(content.first(std::min(content.size(), kMostSerialBytes + 1))),
                   2 * kMostSerialBytes);
}

std::string describe_time(const ASN1_TIME* time) {
  std::tm utc{};
  if (ASN1_TIME_to_tm(time, &utc) != 1) return "an unreadable time";
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

Bytes serial_of(const X509* certificate) {
  const Bytes der = encode(X509_get0_serialNumber(certificate), i2d_ASN1_INTEGER);
  const auto content = DerReader(der).take(DerTag::kInteger);
  if (!content) throw Error(ErrorCode::kUsage, "the certificate's serial number is damaged");
  return to_bytes(*content);
}

}  // namespace

Certificate Certificate::parse(ByteView file) {
  const auto certificate = open_certificate(file);
  EVP_PKEY* key = X509_get_pubkey(certificate.get());
  ERR_clear_error();
  if (key == nullptr)
    throw Error(ErrorCode::kUsage, "the certificate's key is of a kind that is not supported");
  PublicKey public_key(key);
  return {encode(X509_get_issuer_name(certificate.get()), i2d_X509_NAME), serial_of(certificate.get()),
          std::move(public_key)};
}

std::string Certificate::description() const { return "certificate " + describe_issuer(issuer_, serial_); }

std::string describe_issuer(ByteView name_der, ByteView serial) {
  const std::uint8_t* at = name_der.data();
  const X509Name name(d2i_X509_NAME(nullptr, &at, static_cast<long>(name_der.size())));
  return "issued by " + describe_name(name.get()) + ", serial " + describe_serial(serial);
}

CertificateText describe_certificate(ByteView file) {
  const auto certificate = open_certificate(file);
  return {describe_name(X509_get_subject_name(certificate.get())),
          describe_name(X509_get_issuer_name(certificate.get())),
          describe_serial(serial_of(certificate.get())),
          describe_time(X509_get0_notBefore(certificate.get())),
          describe_time(X509_get0_notAfter(certificate.get()))};
}

bool is_certificate_label(std::string_view pem_label) noexcept {
  return std::ranges::find(kLabels, pem_label) != kLabels.end();
}

bool is_certificate(ByteView der) { return decode(der) != nullptr; }

bool is_ca(ByteView file) {
  const auto certificate = open_certificate(file);
  const bool is_ca = X509_check_ca(certificate.get()) > 0;
  ERR_clear_error();
  return is_ca;
}

std::size_t count_certificates(ByteView file) {
  if (is_der(file)) return 1;
  const auto blocks = split_pem(as_text(file));
  return static_cast<std::size_t>(
      std::ranges::count_if(blocks, [](const PemBlock& block) { return is_certificate_label(block.label); }));
}

}  // namespace imgcrypt
