#include "keywrap/pgp/pgp_scheme.hpp"

#include "keywrap/provider/provider.hpp"
#include "keywrap/provider_key.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

std::vector<PacketRecipient> recipients_of_pgp(const std::string& name) {
  return kPgpScheme.describe(kPgpScheme.annotation, as_bytes(read_vector("pgp/" + name)));
}

TEST(PgpScheme, ListsWhatPacketsName) {
  const auto recipients = recipients_of_pgp("g-default.pgp");
  ASSERT_EQ(recipients.size(), 2U);
  EXPECT_EQ(recipients[0].text, "pgp RSA key 51824C551BCE59A4");
  EXPECT_EQ(recipients[0].fingerprint, "51824C551BCE59A4");
  EXPECT_EQ(recipients[0].key_kind, "RSA 2048");
  EXPECT_EQ(recipients_of_pgp("g-ecc.pgp").front().text, "pgp ECDH key 8CC826B3689354B3");
}

TEST(PgpScheme, ChecksPacketsBeforeTheProviderSeesThem) {
  EXPECT_NO_THROW(kPgpScheme.check(as_bytes(read_vector("pgp/old.pgp"))));
  EXPECT_EQ(error_of([] { kPgpScheme.check(as_bytes(read_vector("pgp/g-armor.pgp"))); }),
            ErrorCode::kIntegrity);
  EXPECT_EQ(error_of([] { kPgpScheme.check(as_bytes(read_vector("pgp/g-nomdc.pgp"))); }),
            ErrorCode::kRefused);
}

TEST(PgpScheme, FindsRecipientsByTheirKeyIds) {
  const auto recipients = recipients_of_pgp("g-default.pgp");
  for (const char* value :
       {"51824C551BCE59A4", "0x51824c551bce59a4", "923D 5429 C834 E693 5342  BE44 5182 4C55 1BCE 59A4"}) {
    const RecipientPattern pattern = kPgpScheme.pattern(value);
    EXPECT_TRUE(pattern.matches(recipients[0])) << value;
    EXPECT_FALSE(pattern.matches(recipients[1])) << value;
  }
  for (const char* value : {"one@example.org", "1BCE59A4", "51824C551BCE59AX"})
    EXPECT_EQ(error_of([&] { (void)kPgpScheme.pattern(value); }), ErrorCode::kUsage) << value;
}

TEST(PgpScheme, KnowsItsKeyFiles) {
  const auto half = [](const std::string& file) {
    const auto key = find_provider_key(read_vector("keys/" + file));
    return key && key->provider->name == "pgp" ? std::optional(key->half) : std::nullopt;
  };
  for (const char* file : {"pgp1.sec", "pgp2.sec", "pgpecc.sec", "pgppw.sec"})
    EXPECT_EQ(half(file), KeyHalf::kPrivate) << file;
  for (const char* file : {"pgp1.pub", "pgpecc.pub", "pubring-rsa.gpg"})
    EXPECT_EQ(half(file), KeyHalf::kPublic) << file;
  for (const char* file : {"rsa.pem", "rsa-pk8.der", "rsa.p12", "rsa.openssh", "p256-sec1.der"})
    EXPECT_EQ(half(file), std::nullopt) << file;
  const auto armored = find_provider_key("# mine\n\n-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n");
  ASSERT_TRUE(armored);
  EXPECT_EQ(armored->half, KeyHalf::kPrivate);
}

TEST(PgpScheme, TakesNothingAfterTheColonForTheKeyring) {
  EXPECT_EQ(kPgpScheme.parse_key("").parameter, kProviderEnabled);
  EXPECT_EQ(kPgpScheme.parse_key("FILE").parameter, "FILE");
}

}  // namespace
}  // namespace imgcrypt
