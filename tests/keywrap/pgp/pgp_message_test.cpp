#include "keywrap/pgp/pgp_message.hpp"

#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;
using testing::ElementsAre;

std::string message(const std::string& name) { return read_vector("pgp/" + name + ".pgp"); }

std::vector<std::string> key_ids_of(const std::string& text) {
  std::vector<std::string> ids;
  for (const PgpRecipient& recipient : parse_pgp_message(as_bytes(text)).recipients)
    ids.push_back(recipient.key_id);
  return ids;
}

std::optional<ErrorCode> error_of_text(const std::string& text) {
  return error_of([&] { (void)parse_pgp_message(as_bytes(text)); });
}

// In the new format, with a length of one byte.
std::string packet(unsigned tag, const std::string& body) {
  return std::string{static_cast<char>(0xc0U | tag), static_cast<char>(body.size())} + body;
}

// A session key for the key 0102030405060708.
std::string session_key(char algorithm, const std::string& numbers, char version = 3) {
  return packet(1, std::string{version, 1, 2, 3, 4, 5, 6, 7, 8, algorithm} + numbers);
}

const std::string kNumber("\x00\x09\x01\xff", 4);
const std::string kRsa = session_key(1, kNumber);
const std::string kData = packet(18, "\x01rest");

TEST(PgpMessage, NamesItsRecipients) {
  for (const char* name : {"g-3des", "g-aes256", "g-bz2", "g-camellia", "g-default", "g-nocomp", "new"})
    EXPECT_THAT(key_ids_of(message(name)), ElementsAre("51824C551BCE59A4", "D3D2098D288C4D73")) << name;
  EXPECT_THAT(key_ids_of(message("g-ecc")), ElementsAre("8CC826B3689354B3"));
}

// Its data is in parts, of which the first are shorter than the standard allows.
TEST(PgpMessage, MayBeInParts) { EXPECT_THAT(key_ids_of(message("old")), ElementsAre("51824C551BCE59A4")); }

TEST(PgpMessage, KnowsWhatEncryptsTheSessionKey) {
  const auto algorithm = [](const std::string& text) {
    return parse_pgp_message(as_bytes(text)).recipients.front().algorithm;
  };
  EXPECT_EQ(algorithm(kRsa + kData), PgpAlgorithm::kRsa);
  EXPECT_EQ(algorithm(session_key(16, kNumber + kNumber) + kData), PgpAlgorithm::kElGamal);
  EXPECT_EQ(algorithm(session_key(18, kNumber + "\x02xy") + kData), PgpAlgorithm::kEcdh);
  EXPECT_EQ(algorithm(session_key(25, "anything") + kData), PgpAlgorithm::kOther);
  EXPECT_EQ(algorithm(session_key(1, kNumber, 6) + kData), PgpAlgorithm::kOther);
}

TEST(PgpMessage, IsRefusedWithDamagedSessionKeys) {
  for (const std::string& numbers :
       {std::string(), kNumber.substr(0, 1), kNumber.substr(0, 3), kNumber + "x", std::string("\0\0", 2)})
    EXPECT_EQ(error_of_text(session_key(1, numbers) + kData), ErrorCode::kIntegrity) << numbers.size();
  EXPECT_EQ(error_of_text(session_key(16, kNumber) + kData), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of_text(session_key(18, kNumber + "\x03xy") + kData), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of_text(session_key(18, kNumber) + kData), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of_text(packet(1, "\x03") + kData), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of_text(packet(1, "") + kData), ErrorCode::kIntegrity);
}

TEST(PgpMessage, IsRefusedInOtherForms) {
  EXPECT_EQ(error_of_text(message("g-armor")), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of_text(message("g-nomdc")), ErrorCode::kRefused);
  EXPECT_EQ(error_of_text(packet(3, "\x04") + kData), ErrorCode::kRefused);
  EXPECT_EQ(error_of_text(kRsa + packet(3, "\x04") + kData), ErrorCode::kRefused);
  for (const std::string& text : {std::string(), kRsa, kData, kRsa + kData + kRsa, kRsa + kData + "x",
                                  kRsa + packet(11, "b") + kData, kRsa + packet(18, ""), packet(8, "\x01")})
    EXPECT_EQ(error_of_text(text), ErrorCode::kIntegrity) << text.size();
}

TEST(PgpMessage, IsRefusedWhereverItIsCut) {
  for (const char* name : {"new", "old", "g-default"}) {
    const std::string whole = message(name);
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_EQ(error_of_text(whole.substr(0, size)), ErrorCode::kIntegrity) << name << " " << size;
  }
}

TEST(PgpMessage, IsRefusedWithAFloodOfRecipients) {
  std::string many;
  for (std::size_t i = 0; i < kMostPgpRecipients; ++i) many += kRsa;
  EXPECT_EQ(error_of_text(many + kData), std::nullopt);
  EXPECT_EQ(error_of_text(many + kRsa + kData), ErrorCode::kRefused);
}

TEST(PgpMessage, OnlyDataMayBeInParts) {
  const std::string part = "\xe0x";  // of one byte, and the last one of none
  EXPECT_EQ(error_of_text(kRsa + "\xd2\xe0\x01" + std::string(1, '\0')), std::nullopt);
  EXPECT_EQ(error_of_text("\xc1" + part + std::string(1, '\0') + kData), ErrorCode::kIntegrity);
}

TEST(PgpMessage, LosesRecipients) {
  const std::string whole = message("new");
  const Bytes rest = without_pgp_recipients(as_bytes(whole), {0});
  EXPECT_THAT(key_ids_of(std::string(as_text(rest))), ElementsAre("D3D2098D288C4D73"));
  EXPECT_TRUE(whole.ends_with(as_text(rest)));
  EXPECT_EQ(as_text(without_pgp_recipients(as_bytes(whole), {})), whole);
}

TEST(PgpMessage, HidesRecipients) {
  for (const char* name : {"new", "old", "g-ecc"}) {
    const std::string whole = message(name);
    const Bytes hidden = with_hidden_pgp_recipients(as_bytes(whole));
    EXPECT_THAT(key_ids_of(std::string(as_text(hidden))), testing::Each("")) << name;
    EXPECT_EQ(hidden.size(), whole.size());
    EXPECT_EQ(as_text(with_hidden_pgp_recipients(hidden)), as_text(hidden));
    std::size_t changed = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) changed += hidden[i] != as_bytes(whole)[i] ? 1 : 0;
    EXPECT_EQ(changed, 8 * key_ids_of(whole).size()) << name;
  }
}

}  // namespace
}  // namespace imgcrypt
