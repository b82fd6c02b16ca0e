// What a key may cost and what it must be, one below, at and one above each limit.
#include "base/text/encoding.hpp"
#include "keys/asn1/der_writer.hpp"
#include "keys/certificate.hpp"
#include "keys/key_derivation.hpp"
#include "keys/key_file.hpp"
#include "keys/passphrase.hpp"
#include "keys/pem.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace imgcrypt {
namespace {

using namespace test;
using testing::HasSubstr;

// As DER wants it: no needless zeros, but one before a first bit that is set.
Bytes integer(std::uint64_t number) {
  Bytes digits;
  for (; number != 0 || digits.empty(); number >>= 8U)
    digits.insert(digits.begin(), static_cast<std::uint8_t>(number));
  if ((digits.front() & 0x80U) != 0) digits.insert(digits.begin(), 0);
  return der_element(DerTag::kInteger, {digits});
}

Bytes sequence(std::initializer_list<ByteView> parts) { return der_element(DerTag::kSequence, parts); }

// EncryptedPrivateKeyInfo with the algorithm 1.2.840.113549.1.`name` and its parameters.
Bytes encrypted_key(std::initializer_list<std::uint8_t> name, const Bytes& parameters) {
  Bytes id = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01};
  id.insert(id.end(), name);
  return sequence({sequence({der_element(DerTag::kObjectId, {id}), parameters}),
                   der_element(DerTag::kOctetString, {Bytes(16)})});
}

Bytes with_derivation(const Bytes& name, const Bytes& parameters) {
  const Bytes derivation = sequence({der_element(DerTag::kObjectId, {name}), parameters});
  return encrypted_key({0x05, 0x0d}, sequence({derivation, sequence({})}));
}

Bytes with_iterations(std::uint64_t count) {
  return sequence({der_element(DerTag::kOctetString, {Bytes(8)}), integer(count)});
}

Bytes pbkdf2(std::uint64_t count) {
  return with_derivation({0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c}, with_iterations(count));
}

Bytes scrypt(std::uint64_t n, std::uint64_t r, std::uint64_t p) {
  return with_derivation(
      {0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b},
      sequence({der_element(DerTag::kOctetString, {Bytes(8)}), integer(n), integer(r), integer(p)}));
}

std::optional<ErrorCode> fault_of(const Bytes& key) {
  return error_of([&] { check_key_derivation(key); });
}

TEST(KeyDerivation, IsBoundedInTime) {
  for (const std::uint64_t few : {1ULL, 2048ULL, 600'000ULL, 9'999'999ULL, 10'000'000ULL}) {
    EXPECT_FALSE(fault_of(pbkdf2(few))) << few;
    EXPECT_FALSE(fault_of(encrypted_key({0x05, 0x03}, with_iterations(few)))) << few;        // PKCS#5 v1.5
    EXPECT_FALSE(fault_of(encrypted_key({0x0c, 0x01, 0x03}, with_iterations(few)))) << few;  // PKCS#12
  }
  for (const std::uint64_t many :
       {10'000'001ULL, 0x7fff'ffffULL, 0x1'0000'0001ULL, 0xffff'ffff'ffff'ffffULL}) {
    EXPECT_EQ(fault_of(pbkdf2(many)), ErrorCode::kRefused) << many;
    EXPECT_EQ(fault_of(encrypted_key({0x05, 0x03}, with_iterations(many))), ErrorCode::kRefused) << many;
    EXPECT_EQ(fault_of(encrypted_key({0x0c, 0x01, 0x03}, with_iterations(many))), ErrorCode::kRefused)
        << many;
  }
  EXPECT_FALSE(fault_of(scrypt(16384, 8, 31)));
  EXPECT_FALSE(fault_of(scrypt(16384, 8, 32)));
  EXPECT_EQ(fault_of(scrypt(16384, 8, 33)), ErrorCode::kRefused);
  EXPECT_THAT(failure([] { check_key_derivation(pbkdf2(10'000'001)); }).message(), HasSubstr("10000000"));
  EXPECT_THAT(failure([] { check_key_derivation(scrypt(16384, 8, 33)); }).message(), HasSubstr("4194304"));
}

TEST(KeyDerivation, IsBoundedInMemory) {
  EXPECT_FALSE(fault_of(scrypt(16384, 8, 1)));
  EXPECT_FALSE(fault_of(scrypt(1U << 16U, 3, 1)));
  EXPECT_FALSE(fault_of(scrypt((1U << 18U) - 3, 1, 1)));
  EXPECT_EQ(fault_of(scrypt((1U << 18U) - 2, 1, 1)), ErrorCode::kRefused);
  EXPECT_EQ(fault_of(scrypt(std::uint64_t{1} << 63U, 8, 1)), ErrorCode::kRefused);
  EXPECT_EQ(fault_of(scrypt(2, std::uint64_t{1} << 40U, 1)), ErrorCode::kRefused);
  EXPECT_THAT(failure([] { check_key_derivation(scrypt(1U << 20U, 8, 1)); }).message(), HasSubstr("32 MiB"));
}

TEST(KeyDerivation, MustBeReadable) {
  EXPECT_EQ(fault_of({}), ErrorCode::kUsage);
  const Bytes whole = pbkdf2(2048);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at));
    EXPECT_EQ(fault_of(cut), ErrorCode::kUsage) << at;
  }
}

// The limits are asked before OpenSSL is, in every form.
TEST(KeyFile, IsRefusedIfItCostsTooMuch) {
  const SecretBytes passphrase = secret("1234");
  const Bytes der = pbkdf2(0x7fff'ffff);
  const std::string pem = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + encode_base64(der, Base64::kStandard) +
                          "\n-----END ENCRYPTED PRIVATE KEY-----\n";
  EXPECT_EQ(error_of([&] { (void)parse_private_key(der, &passphrase); }), ErrorCode::kRefused);
  EXPECT_EQ(error_of([&] { (void)parse_private_key(as_bytes(pem), &passphrase); }), ErrorCode::kRefused);
}

TEST(Passphrase, OpensWhateverItLocked) {
  const PrivateKey key = PrivateKey::generate_ec("P-256");
  for (const std::size_t size : {std::size_t{1}, kMostPassphraseBytes - 1, kMostPassphraseBytes}) {
    const SecretBytes passphrase = secret(std::string(size, 'p'));
    const SecretBytes locked = key.to_pem(&passphrase);
    EXPECT_TRUE(parse_private_key(locked.expose(), &passphrase).public_key().same_as(key.public_key()))
        << size;
    const auto blocks = split_pem(as_text(locked.expose()));
    EXPECT_TRUE(
        parse_private_key(blocks.at(0).der.expose(), &passphrase).public_key().same_as(key.public_key()));
  }
  const SecretBytes longer = secret(std::string(kMostPassphraseBytes + 1, 'p'));
  EXPECT_EQ(error_of([&] { (void)key.to_pem(&longer); }), ErrorCode::kRefused);
  for (const char* name : {"keys/rsa-legacyenc.pem", "keys/rsa-pk8enc.pem"}) {
    const std::string file = read_vector(name);
    EXPECT_THAT(failure([&] { (void)parse_private_key(as_bytes(file), &longer); }).message(),
                HasSubstr("1024"));
  }
}

TEST(Passphrase, IsAsLongInAFile) {
  const std::string path = testing::TempDir() + "passphrase." + std::to_string(::getpid());
  const auto read = [&](std::size_t size, const char* end) {
    std::ofstream(path) << std::string(size, 'p') << end;
    return read_passphrase_file(path).size();
  };
  for (const char* end : {"", "\n"}) {
    EXPECT_EQ(read(kMostPassphraseBytes - 1, end), kMostPassphraseBytes - 1);
    EXPECT_EQ(read(kMostPassphraseBytes, end), kMostPassphraseBytes);
    const Error error = failure([&] { (void)read(kMostPassphraseBytes + 1, end); });
    EXPECT_EQ(error.code(), ErrorCode::kRefused);
    EXPECT_THAT(error.message(), HasSubstr(path + ": a passphrase of more than 1024 bytes"));
  }
  EXPECT_EQ(read(3, "\n\n"), 4U);
  std::filesystem::remove(path);
}

// The modulus of a JWK with another exponent, as big-endian bytes.
std::string jwk_with(const Bytes& exponent) {
  auto jwk = Table::parse(read_vector("keys/rsa256.pub.jwk"));
  jwk["e"] = encode_base64(exponent, Base64::kUrl);
  return jwk.dump();
}

TEST(PublicKey, RefusesExponentsThatProtectNothing) {
  for (const Bytes& weak :
       {Bytes{0}, Bytes{1}, Bytes{2}, Bytes{4}, Bytes{0, 1}, Bytes{1, 0, 0}, Bytes(257, 0xff)}) {
    const std::string file = jwk_with(weak);
    EXPECT_EQ(error_of([&] { (void)parse_public_key(as_bytes(file)); }), ErrorCode::kRefused) << file;
  }
  for (const Bytes& strong : {Bytes{3}, Bytes{5}, Bytes{1, 0, 1}})
    EXPECT_NO_THROW((void)parse_public_key(as_bytes(jwk_with(strong))));
}

// 65537 made even, in place.
Bytes with_even_exponent(const std::string& pem) {
  const auto blocks = split_pem(pem);
  Bytes der = to_bytes(blocks.at(0).der.expose());
  const Bytes exponent = {0x02, 0x03, 0x01, 0x00, 0x01};
  const auto found = std::ranges::search(der, exponent);
  EXPECT_FALSE(found.empty());
  found.back() = 0;
  return der;
}

TEST(PublicKey, RefusesWeakExponentsInEveryForm) {
  for (const char* name : {"keys/rsa.pub.pem", "keys/rsa-pkcs1pub.pem"}) {
    const Bytes weak = with_even_exponent(read_vector(name));
    EXPECT_EQ(error_of([&] { (void)parse_public_key(weak); }), ErrorCode::kRefused) << name;
  }
  const Bytes certificate = with_even_exponent(read_vector("keys/cert1.pem"));
  EXPECT_EQ(error_of([&] { (void)Certificate::parse(certificate); }), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt
