// Key files: a private key that was read is the same after it was written and read again, its public half
// too, and what a file lists is complete.
#include "fuzz/fuzz.hpp"
#include "keys/certificate.hpp"
#include "keys/key_file.hpp"
#include "keys/list_key_file.hpp"

namespace imgcrypt::test {
namespace {

void write_again(const PublicKey& key) {
  const PublicKey again =
      must("a public key can be written", [&] { return parse_public_key(as_bytes(key.to_pem())); });
  expect(again.same_as(key) && again.thumbprint() == key.thumbprint(), "the public key that was written");
}

void write_again(const PrivateKey& key) {
  const SecretBytes pem = key.to_pem(nullptr);
  const PrivateKey again =
      must("a private key can be written", [&] { return parse_private_key(pem.expose(), nullptr); });
  expect(again.public_key().same_as(key.public_key()), "the private key that was written");
  write_again(key.public_key());
}

void read_recipient(ByteView file) {
  const PublicJwk recipient = parse_recipient_key(file);
  const auto key = attempt([&] { return parse_public_key(file); });
  if (key) expect(key->same_as(recipient.key), "the recipient's key is the file's");
  write_again(recipient.key);
}

void read_certificate(ByteView file) {
  const Certificate certificate = Certificate::parse(file);
  expect(count_certificates(file) > 0, "a certificate is counted");
  expect(printable(certificate.description()) == certificate.description(), "a printable description");
  (void)must("a certificate can be described", [&] { return describe_certificate(file); });
  write_again(certificate.public_key());
}

void list(ByteView file, const SecretBytes* passphrase) {
  const auto items = list_key_file(file, passphrase);
  expect(!items.empty(), "something in a file that can be listed");
  for (const KeyItem& item : items) {
    if (!item.fault.empty()) {
      expect(!item.key && !item.certificate, "nothing of what is of no use");
      continue;
    }
    expect(item.key.has_value() == (item.kind != KeyItemKind::kLockedPrivateKey),
           "a key unless it is locked");
    expect(item.certificate.has_value() == (item.kind == KeyItemKind::kCertificate), "a certificate's text");
  }
  (void)must("keys can be counted", [&] { return count_keys(file); });
}

}  // namespace

void fuzz(ByteView input) {
  const SecretBytes passphrase = SecretBytes::copy_of(as_bytes("1234"));
  for (const SecretBytes* given : {static_cast<const SecretBytes*>(nullptr), &passphrase}) {
    (void)attempt([&] { write_again(parse_private_key(input, given)); });
    (void)attempt([&] { list(input, given); });
  }
  (void)attempt([&] { read_recipient(input); });
  (void)attempt([&] { read_certificate(input); });
}

}  // namespace imgcrypt::test
