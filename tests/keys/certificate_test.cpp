#include "keys/certificate.hpp"

#include "keys/asn1/der_writer.hpp"
#include "keys/key_file.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace imgcrypt {
namespace {

using namespace test;
using testing::HasSubstr;

const Bytes kCommonName = {0x55, 0x04, 0x03};

Certificate parse(const std::string& file) { return Certificate::parse(as_bytes(file)); }

std::string refusal(const std::string& file) {
  try {
    (void)parse(file);
  } catch (const Error& error) {
    return error.message();
  }
  return {};
}

std::string body_of(const std::string& pem) {
  const std::size_t begin = pem.find('\n', pem.find("-----BEGIN")) + 1;
  std::string body = pem.substr(begin, pem.find("-----END") - begin);
  std::erase(body, '\n');
  return body;
}

std::string der_of(const std::string& pem) {
  const auto der = decode_base64(body_of(pem), Base64::kStandard);
  return der ? std::string(as_text(*der)) : "";
}

// A Name of one common name, a UTF8String.
Bytes name_of(std::string_view common_name) {
  const Bytes value = der_element(static_cast<DerTag>(0x0c), {as_bytes(common_name)});
  const Bytes attribute =
      der_element(DerTag::kSequence, {der_element(DerTag::kObjectId, {kCommonName}), value});
  return der_element(DerTag::kSequence, {der_set_of({attribute})});
}

TEST(Certificate, ReadsPemAndDerAlike) {
  const std::string pem = read_vector("keys/cert1.pem");
  for (const std::string& file : {pem, "Some text\n" + pem, der_of(pem)}) {
    const Certificate one = parse(file);
    EXPECT_EQ(to_bytes(one.serial()), (Bytes{0x10, 0x01}));
    EXPECT_EQ(one.description(), "certificate issued by CN=ocicrypt test 1,O=Throwaway,C=DE, serial 1001");
    EXPECT_EQ(one.issuer().front(), 0x30);
    EXPECT_EQ(one.issuer().size(), one.issuer()[1] + 2U);
    EXPECT_TRUE(one.public_key().same_as(parse_public_key(as_bytes(read_vector("keys/rsa.pub.pem")))));
    EXPECT_FALSE(one.public_key().same_as(parse_public_key(as_bytes(read_vector("keys/rsa2.pub.pem")))));
    EXPECT_FALSE(one.public_key().same_as(parse_public_key(as_bytes(read_vector("keys/p256.pub.pem")))));
  }
}

// As everywhere else where key files are read.
TEST(Certificate, HasNothingAfterItsDer) {
  const std::string der = der_of(read_vector("keys/cert1.pem"));
  EXPECT_EQ(error_of([&] { (void)parse(der + "more"); }), ErrorCode::kUsage);
}

TEST(Certificate, TakesTheFirstOfAFile) {
  const std::string one = read_vector("keys/cert1.pem");
  const std::string two = read_vector("pkcs7/cert2.pem");
  const std::string key = read_vector("keys/rsa.pem");
  EXPECT_EQ(to_bytes(parse(key + two + one).serial()), (Bytes{0x10, 0x02}));
}

TEST(Certificate, ReadsTheOlderLabels) {
  for (const std::string& label : {std::string("TRUSTED CERTIFICATE"), std::string("X509 CERTIFICATE")}) {
    std::string pem = read_vector("keys/cert1.pem");
    for (std::size_t at = 0; (at = pem.find("CERTIFICATE", at)) != std::string::npos; at += label.size()) {
      pem.replace(at, std::strlen("CERTIFICATE"), label);
    }
    EXPECT_EQ(to_bytes(parse(pem).serial()), (Bytes{0x10, 0x01}));
  }
}

TEST(Certificate, ReadsThoseOfCurves) {
  EXPECT_EQ(parse(read_vector("pkcs7/certec.pem")).public_key().kind(), KeyKind::kEc);
}

TEST(Certificate, SaysWhatWasGivenInstead) {
  EXPECT_THAT(refusal(read_vector("keys/rsa.pem")), HasSubstr("private key"));
  EXPECT_THAT(refusal(read_vector("keys/rsa-legacyenc.pem")), HasSubstr("private key"));
  EXPECT_THAT(refusal(read_vector("keys/rsa.pub.pem")), HasSubstr("public key"));
  EXPECT_THAT(refusal(read_vector("jwe/opts.json")), HasSubstr("not a certificate"));
  EXPECT_THAT(refusal("text"), HasSubstr("not a certificate"));
  EXPECT_THAT(refusal(""), HasSubstr("an empty file"));
  EXPECT_THAT(refusal(read_vector("keys/rsa-pkcs1.der")), HasSubstr("private key"));
  EXPECT_THAT(refusal(der_of(read_vector("keys/rsa.pub.pem"))), HasSubstr("public key"));
  EXPECT_THAT(refusal(read_vector("keys/rsa.csr")), HasSubstr("a certificate request"));
  EXPECT_THAT(refusal(read_vector("keys/pgp1.pub")), HasSubstr("an OpenPGP public key"));
}

TEST(Certificate, SurvivesFilesCutAnywhere) {
  const std::string der = der_of(read_vector("keys/cert1.pem"));
  for (std::size_t size = 0; size < der.size(); ++size) EXPECT_NE(refusal(der.substr(0, size)), "") << size;
}

TEST(Certificate, IsDescribedAsOpensslDoes) {
  const CertificateText text = describe_certificate(as_bytes(read_vector("pkcs7/certec.pem")));
  EXPECT_EQ(text.subject, "CN=ec recipient");
  EXPECT_EQ(text.issuer, "CN=ec recipient");
  EXPECT_EQ(text.serial, "2001");
  EXPECT_EQ(text.not_before, "2026-11-24T02:04:20Z");
  EXPECT_EQ(text.not_after, "2036-11-21T02:04:20Z");
}

TEST(Certificate, IsCounted) {
  const std::string one = read_vector("keys/cert1.pem");
  EXPECT_EQ(count_certificates(as_bytes(one)), 1U);
  EXPECT_EQ(count_certificates(as_bytes(one + read_vector("keys/rsa.pem") + one + one)), 3U);
  EXPECT_EQ(count_certificates(as_bytes(der_of(one))), 1U);
}

TEST(DescribeIssuer, LeavesOutTheZeroThatDerPutsFirst) {
  const Bytes name = name_of("one");
  EXPECT_EQ(describe_issuer(name, Bytes{0x00, 0xff}), "issued by CN=one, serial ff");
  EXPECT_EQ(describe_issuer(name, Bytes{0x00}), "issued by CN=one, serial 00");
}

TEST(DescribeIssuer, MakesOneShortLineOfHostileNames) {
  const Bytes serial = {0x1a, 0x2b};
  EXPECT_EQ(describe_issuer(name_of("one"), serial), "issued by CN=one, serial 1a2b");
  EXPECT_EQ(describe_issuer(name_of("x, serial 99"), serial), "issued by CN=x\\, serial 99, serial 1a2b");
  for (const std::string& hostile :
       {std::string("\n\x1b[31m\r\x7f\xff"), std::string(60000, '\\'), std::string(60000, '\0')}) {
    const std::string line = describe_issuer(name_of(hostile), Bytes(60000, 0xff));
    EXPECT_LT(line.size(), 300U);
    EXPECT_EQ(line, printable(line));
  }
  EXPECT_EQ(describe_issuer({}, {}), "issued by an unreadable name, serial ");
  EXPECT_EQ(describe_issuer(Bytes{0x30, 0x00}, serial), "issued by an empty name, serial 1a2b");
}

}  // namespace
}  // namespace imgcrypt
