#include "keys/key_file_format.hpp"

#include "keys/asn1/der.hpp"

namespace imgcrypt {

bool is_private_label(std::string_view pem_label) noexcept { return pem_label.ends_with("PRIVATE KEY"); }

bool is_public_label(std::string_view pem_label) noexcept {
  return pem_label == "PUBLIC KEY" || pem_label == kRsaPublicLabel;
}

bool is_encrypted(const PemBlock& private_key) noexcept {
  return private_key.is_encrypted || private_key.label.starts_with("ENCRYPTED");
}

bool is_der(ByteView file) {
  DerReader reader(file);
  return reader.take(DerTag::kSequence) && reader.at_end();
}

// It begins with an algorithm, where a plain key has its version.
bool is_encrypted_der(ByteView file) {
  const auto sequence = DerReader(file).take(DerTag::kSequence);
  if (!sequence) return false;
  DerReader fields(*sequence);
  return fields.take(DerTag::kSequence) && fields.take(DerTag::kOctetString) && fields.at_end();
}

// After the version PKCS#8 has an algorithm, PKCS#1 a number, SEC 1 the key.
const char* form_of_private_der(ByteView file) {
  const auto sequence = DerReader(file).take(DerTag::kSequence);
  DerReader fields(sequence.value_or(ByteView()));
  (void)fields.take(DerTag::kInteger);
  if (fields.take(DerTag::kSequence)) return "PKCS#8";
  return fields.take(DerTag::kInteger) ? "PKCS#1" : "SEC 1";
}

// SubjectPublicKeyInfo begins with an algorithm, PKCS#1 with a number.
const char* form_of_public_der(ByteView file) {
  const auto sequence = DerReader(file).take(DerTag::kSequence);
  const bool has_number = sequence && DerReader(*sequence).take(DerTag::kInteger);
  return has_number ? "PKCS#1" : "SubjectPublicKeyInfo";
}

}  // namespace imgcrypt
