#include "keywrap/schemes.hpp"

#include "keys/key_file.hpp"
#include "keywrap/scheme_help.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::string kAnnotationPrefix = "org.opencontainers.image.enc.keys.";

std::string name_of_scheme_of(const std::string& annotation) {
  const Scheme* scheme = scheme_of(annotation);
  return scheme == nullptr ? "" : std::string(scheme->name);
}

PublicKey key_named(const std::string& name) {
  return parse_public_key(as_bytes(read_vector("keys/" + name + ".pub.pem")));
}

TEST(Schemes, AreFoundByTheirAnnotation) {
  EXPECT_EQ(name_of_scheme_of(kAnnotationPrefix + "jwe"), "jwe");
  EXPECT_EQ(name_of_scheme_of(kAnnotationPrefix + "provider.demo"), "provider");
  EXPECT_EQ(name_of_scheme_of(kAnnotationPrefix + "provider.age"), "age");
  EXPECT_EQ(name_of_scheme_of(kAnnotationPrefix + "provider.agent"), "provider");
  EXPECT_EQ(name_of_scheme_of(kAnnotationPrefix + "pgp"), "pgp");
  for (const char* unknown : {"tpm2", "jwe.x", "provider", ""})
    EXPECT_EQ(name_of_scheme_of(kAnnotationPrefix + unknown), "") << unknown;
}

TEST(Schemes, AreNamedBeforeTheFirstColon) {
  const auto parsed = parse_scheme_string("pkcs7:a:b");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->scheme->name, "pkcs7");
  EXPECT_EQ(parsed->value, "a:b");
  EXPECT_TRUE(parse_scheme_string("jwe:"));
  for (const char* other : {"jwe", "JWE:a", "tpm2:a", ":jwe", ""})
    EXPECT_FALSE(parse_scheme_string(other)) << other;
}

// What reads the table relies on it.
TEST(Schemes, AreOpenedByPrivateKeysOrByProviders) {
  for (const Scheme* scheme : schemes()) {
    SCOPED_TRACE(scheme->name);
    // Other tools know a provider with a scheme of its own by the provider's name.
    const std::string name(scheme->name);
    EXPECT_TRUE(scheme->annotation.starts_with(kAnnotationPrefix + name) ||
                scheme->annotation == kAnnotationPrefix + "provider." + name);
    EXPECT_EQ(scheme->opens_with != nullptr, scheme->unwrap != nullptr);
    EXPECT_NE(scheme->unwrap != nullptr, scheme->provider_of != nullptr);
    EXPECT_EQ(scheme->parse_key != nullptr, !scheme->key_form.empty());
    EXPECT_TRUE(scheme->recipient_form.starts_with(std::string(scheme->name) + ":"));
    EXPECT_TRUE(scheme->removal_form.starts_with(std::string(scheme->name) + ":"));
  }
  EXPECT_TRUE(private_keys_open(kAnnotationPrefix + "pkcs7"));
  EXPECT_FALSE(private_keys_open(kAnnotationPrefix + "provider.demo"));
  EXPECT_FALSE(private_keys_open(kAnnotationPrefix + "pgp"));
}

TEST(SchemeHelp, NamesEachForm) {
  EXPECT_EQ(recipient_forms(),
            "jwe:PUBLICKEY, pkcs7:CERTIFICATE, pgp:WHO, age:RECIPIENT, pkcs11:FILE|URI or "
            "provider:NAME[:PARAMETER]");
  EXPECT_EQ(removal_forms(),
            "jwe:PUBLICKEY, pkcs7:CERTIFICATE, pgp:KEYID, age:SSHKEY, pkcs11:all, provider:NAME for all of "
            "that provider");
  EXPECT_EQ(key_forms(),
            "pgp:[FILE], age:FILE, provider:NAME[:PARAMETER], tpm2:HANDLE|FILE or pkcs11:FILE|URI");
  EXPECT_EQ(certificate_forms(), "pkcs7:CERTIFICATE");
}

TEST(SchemeHelp, NamesTheSchemesThatAKeyOpens) {
  EXPECT_EQ(schemes_opened_by(key_named("rsa")), "jwe, pkcs7 and pkcs11");
  EXPECT_EQ(schemes_opened_by(key_named("p256")), "jwe");
}

}  // namespace
}  // namespace imgcrypt
