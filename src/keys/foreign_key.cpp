#include "keys/foreign_key.hpp"

#include "keys/asn1/der.hpp"
#include "keys/openpgp_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace imgcrypt {
namespace {

constexpr const char* kUsePgp =
    "to encrypt for it write pgp:FILE; to decrypt, its secret half is needed: -k FILE";
constexpr const char* kUsePgpKey = "it opens layers of the scheme pgp: -k FILE";
constexpr const char* kUseAge = "write age:FILE: keys of age have a scheme of their own";
constexpr const char* kNoSignatures = "a signing key cannot encrypt: use an RSA or EC key";
constexpr const char* kUseSshWithAge = "write age:FILE, which takes ssh-ed25519 and ssh-rsa keys";

struct Mark {
  std::string_view text;  // at the beginning of a line
  const char* what;
  const char* hint;
};

// The first that is found decides: the general "BEGIN PGP" comes after the marks that are longer.
constexpr std::array kMarks = {
    Mark{"-----BEGIN PGP PUBLIC KEY BLOCK", "an OpenPGP public key", kUsePgp},
    Mark{"-----BEGIN PGP PRIVATE KEY BLOCK", "an OpenPGP secret key", kUsePgpKey},
    Mark{"-----BEGIN PGP", "an OpenPGP message", "give the key itself"},
    Mark{"-----BEGIN OPENSSH PRIVATE KEY", "an OpenSSH private key",
         "write age:FILE for layers of the scheme age; for others turn an RSA or EC key into PKCS#8, on a "
         "copy: ssh-keygen -p -m PKCS8 -f COPY"},
    Mark{"ssh-rsa ", "an OpenSSH public key", "turn it into PEM: ssh-keygen -e -m PKCS8 -f FILE"},
    Mark{"ecdsa-sha2-", "an OpenSSH public key", "turn it into PEM: ssh-keygen -e -m PKCS8 -f FILE"},
    Mark{"ssh-ed25519 ", "an OpenSSH public key", kUseSshWithAge},
    Mark{"---- BEGIN SSH2 PUBLIC KEY", "an SSH public key",
         "turn it into PEM: ssh-keygen -i -f FILE >KEY.pub; ssh-keygen -e -m PKCS8 -f KEY.pub >KEY.pem"},
    Mark{"PuTTY-User-Key-File-", "a PuTTY key",
         "turn it into PEM: puttygen FILE -O private-openssh -o KEY; ssh-keygen -p -m PKCS8 -f KEY"},
    Mark{"-----BEGIN ENCRYPTED COSIGN", "a signing key of cosign", kNoSignatures},
    Mark{"-----BEGIN ENCRYPTED SIGSTORE", "a signing key of cosign", kNoSignatures},
    Mark{"-----BEGIN CERTIFICATE REQUEST", "a certificate request",
         "give the certificate that was issued for it"},
    Mark{"-----BEGIN NEW CERTIFICATE REQUEST", "a certificate request",
         "give the certificate that was issued for it"},
    Mark{"pkcs11:", "the description of a key in a PKCS#11 token",
         "write pkcs11:FILE: keys of tokens have a scheme of their own"},
    Mark{"sodium-x25519-", "a key of the key provider sodium", "imgcrypt key show FILE says how it is used"},
    Mark{"-----BEGIN PKCS7", "a PKCS#7 bundle of certificates",
         "take the certificates out of it: openssl pkcs7 -in FILE -print_certs -out CERTIFICATES.pem"},
    Mark{"-----BEGIN CMS", "a CMS message", "give the key or the certificate itself"},
    Mark{"LS0tLS1CRUdJTi", "PEM that was encoded in base64 once more", "decode it: base64 -d FILE >KEY.pem"},
    Mark{"\xEF\xBB\xBF{", "a JWK after a byte order mark",
         "save it again as UTF-8 without a byte order mark"},
    Mark{"AGE-SECRET-KEY-1", "an age key", kUseAge},
    Mark{"age1", "an age key", kUseAge}};

// At the beginning of any line, as comments may come first: age-keygen writes two.
bool has_line(std::string_view text, std::string_view start) {
  for (std::size_t at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1)) {
    if (at == 0 || text[at - 1] == '\n') return true;
  }
  return false;
}

// RFC 7292 section 4: PFX ::= SEQUENCE { version INTEGER (3), authSafe ContentInfo, ... }.
bool is_pkcs12(ByteView file) {
  const auto pfx = DerReader(file).take(DerTag::kSequence);
  if (!pfx) return false;
  DerReader fields(*pfx);
  const auto version = fields.take(DerTag::kInteger);
  const auto content = fields.take(DerTag::kSequence);
  return version && version->size() == 1 && version->front() == 3 && content &&
         DerReader(*content).take(DerTag::kObjectId);
}

// RFC 5652 section 3: ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] ... }.
bool is_pkcs7(ByteView file) {
  constexpr std::array<std::uint8_t, 8> kPkcs7 = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07};
  const auto content = DerReader(file).take(DerTag::kSequence);
  const auto type = content ? DerReader(*content).take(DerTag::kObjectId) : std::nullopt;
  return type && type->size() > kPkcs7.size() && std::ranges::equal(type->first(kPkcs7.size()), kPkcs7);
}

// A byte order mark, or the zero bytes of "-----BEGIN" and "{".
bool is_utf16(ByteView file) {
  const std::string_view start = as_text(file.first(std::min<std::size_t>(file.size(), 2)));
  using namespace std::string_view_literals;
  return start == "\xFF\xFE" || start == "\xFE\xFF" || start == "-\0"sv || start == "\0-"sv ||
         start == "{\0"sv || start == "\0{"sv;
}

}  // namespace

std::optional<ForeignKey> recognize_foreign_key(ByteView file) {
  if (file.empty()) return ForeignKey{"an empty file", "give a key in PEM, DER or as a JWK"};
  if (const auto key = recognize_openpgp_key(file)) {
    return *key == OpenPgpFile::kSecretKey ? ForeignKey{"an OpenPGP secret key", kUsePgpKey}
                                           : ForeignKey{"an OpenPGP public key", kUsePgp};
  }
  if (is_pkcs12(file)) {
    return ForeignKey{"a PKCS#12 file", "take the key out of it: openssl pkcs12 -in FILE -out KEY.pem"};
  }
  if (is_pkcs7(file)) {
    return ForeignKey{"a PKCS#7 bundle of certificates",
                      "take the certificates out of it: openssl pkcs7 -inform DER -in FILE -print_certs -out "
                      "CERTIFICATES.pem"};
  }
  if (is_utf16(file))
    return ForeignKey{"text in UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 FILE >KEY.pem"};
  const auto mark = std::ranges::find_if(
      kMarks, [&](const Mark& candidate) { return has_line(as_text(file), candidate.text); });
  if (mark == kMarks.end()) return std::nullopt;
  return ForeignKey{mark->what, mark->hint};
}

}  // namespace imgcrypt
