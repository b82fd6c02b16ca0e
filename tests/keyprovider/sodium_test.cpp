#include "keyprovider/serve.hpp"
#include "keyprovider/sodium/packet.hpp"
#include "keyprovider/sodium/provider.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

namespace imgcrypt::keyprovider::sodium {
namespace {

using namespace test;

const std::string kOptions = R"({"symkey":"AAAA","digest":"sha256:00","cipheroptions":{"nonce":"AAAA"}})";

// The text of a key as README.md says it is made.
std::string key_text(std::string_view prefix, const Bytes& key) {
  const std::string message = std::string(prefix) + std::string(as_text(key));
  Bytes check(crypto_generichash_BYTES);
  crypto_generichash(check.data(), check.size(), as_bytes(message).data(), message.size(), nullptr, 0);
  Bytes whole = key;
  whole.insert(whole.end(), check.begin(), check.begin() + 4);
  return std::string(prefix) + encode_base64(whole, Base64::kUrl);
}

// Little-endian, as points are.
Bytes point(std::uint8_t first, std::uint8_t middle, std::uint8_t last) {
  Bytes bytes(kKeySize, middle);
  bytes.front() = first;
  bytes.back() = last;
  return bytes;
}

std::optional<ErrorCode> error_of_public(const std::string& text) {
  return error_of([&] { (void)PublicKey::parse(text); });
}

std::string packet_for(const std::vector<std::string>& recipients) {
  return std::string(as_text(SodiumProvider(KeyPlaces{}).wrap(recipients, secret(kOptions))));
}

Bytes flipped(Bytes bytes, std::size_t at, std::uint8_t bits) {
  bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ bits);
  return bytes;
}

std::string opened(const SecretKey& key, const SealedCopy& copy) {
  const auto options = open(key, copy.sealed);
  return options ? std::string(as_text(options->expose())) : "nothing";
}

TEST(SodiumKey, IsTheTextThatTheReadmeSays) {
  const SecretKey key = SecretKey::generate();
  EXPECT_EQ(key.public_key().text(), key_text(kPublicPrefix, to_bytes(key.public_key().bytes())));
  EXPECT_EQ(as_text(key.text().expose()), key_text(kSecretPrefix, to_bytes(key.expose())));
  EXPECT_EQ(PublicKey::parse(key.public_key().text()), key.public_key());
  EXPECT_EQ(SecretKey::parse(as_text(key.text().expose())).public_key(), key.public_key());
}

TEST(SodiumKey, NeverTakesATypingErrorForAnotherKey) {
  const std::string text = SecretKey::generate().public_key().text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'A', 'b', '0', '-', '=', ' ', ':'}) {
      std::string typo = text;
      if (typo[i] == c) continue;
      typo[i] = c;
      EXPECT_EQ(error_of_public(typo), ErrorCode::kUsage) << typo;
    }
    EXPECT_EQ(error_of_public(text.substr(0, i)), ErrorCode::kUsage) << i;
  }
  EXPECT_EQ(error_of_public(text + "A"), ErrorCode::kUsage);
  EXPECT_EQ(error_of_public(text + "\n"), ErrorCode::kUsage);
}

TEST(SodiumKey, IsNoPointThatHidesNothing) {
  for (const Bytes& bad : {point(0, 0, 0), point(1, 0, 0),  // of low order
                           point(0xec, 0xff, 0x7f),         // p - 1, of low order
                           point(0xed, 0xff, 0x7f),         // p, and beyond: not canonical
                           point(0xf6, 0xff, 0x7f), point(9, 0, 0x80), point(0xff, 0xff, 0xff)}) {
    EXPECT_EQ(error_of_public(key_text(kPublicPrefix, bad)), ErrorCode::kUsage) << encode_hex(bad);
  }
  EXPECT_EQ(error_of_public(key_text(kPublicPrefix, point(9, 0, 0))), std::nullopt);
  EXPECT_EQ(error_of_public(key_text(kPublicPrefix, Bytes(31, 9))), ErrorCode::kUsage);
  EXPECT_EQ(error_of_public(key_text(kPublicPrefix, Bytes(33, 9))), ErrorCode::kUsage);
}

TEST(SodiumKey, TellsTheHalvesApart) {
  const SecretKey key = SecretKey::generate();
  EXPECT_EQ(error_of_public(std::string(as_text(key.text().expose()))), ErrorCode::kUsage);
  EXPECT_EQ(error_of([&] { (void)SecretKey::parse(key.public_key().text()); }), ErrorCode::kUsage);
}

TEST(SodiumPacket, OpensForEachRecipientAndNobodyElse) {
  const SecretKey one = SecretKey::generate();
  const SecretKey two = SecretKey::generate();
  const SecretKey other = SecretKey::generate();
  const auto copies = parse_packet(as_bytes(packet_for({one.public_key().text(), two.public_key().text()})));
  ASSERT_EQ(copies.size(), 2U);
  EXPECT_EQ(opened(one, copies[0]), kOptions);
  EXPECT_EQ(opened(two, copies[1]), kOptions);
  EXPECT_EQ(opened(one, copies[1]), "nothing");
  EXPECT_EQ(opened(other, copies[0]), "nothing");
}

TEST(SodiumPacket, HoldsARecipientOnce) {
  const std::string key = SecretKey::generate().public_key().text();
  EXPECT_EQ(parse_packet(as_bytes(packet_for({key, kProviderEnabled, key}))).size(), 1U);
}

TEST(SodiumPacket, DoesNotOpenWithAnyBitTurned) {
  const SecretKey key = SecretKey::generate();
  const Bytes packet = to_bytes(as_bytes(packet_for({key.public_key().text()})));
  const auto opens = [&key](const Bytes& bytes) {
    return open(key, parse_packet(bytes).front().sealed).has_value();
  };
  ASSERT_TRUE(opens(packet));
  for (std::size_t i = 0; i < packet.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      bool opened = false;
      (void)error_of([&] { opened = opens(flipped(packet, i, static_cast<std::uint8_t>(1U << bit))); });
      EXPECT_FALSE(opened) << "byte " << i << ", bit " << bit;
    }
    EXPECT_TRUE(error_of([&] { (void)parse_packet(ByteView(packet).first(i)); })) << i;
  }
}

TEST(SodiumPacket, IsWrittenInOneWayOnly) {
  const std::string packet = packet_for({SecretKey::generate().public_key().text()});
  const std::string behind_type = packet.substr(packet.find(",\"version\""));
  EXPECT_EQ(error_of([&] { (void)parse_packet(as_bytes(packet)); }), std::nullopt);
  for (const std::string& other :
       {packet + " ", " " + packet, packet + "\n", R"({"type": "sodium-sealed-box")" + behind_type,
        R"({"type":"sodium-sealed-box","more":1)" + behind_type, R"({"type":"another")" + behind_type,
        std::string(R"({"type":"sodium-sealed-box","version":1,"recipients":[]})")}) {
    EXPECT_EQ(error_of([&] { (void)parse_packet(as_bytes(other)); }), ErrorCode::kIntegrity) << other;
  }
}

TEST(SodiumPacket, OfALaterVersionIsToldFromADamagedOne) {
  EXPECT_EQ(error_of([] { (void)parse_packet(as_bytes(R"({"type":"sodium-sealed-box","version":2})")); }),
            ErrorCode::kRefused);
}

TEST(SodiumPacket, IsForAtMost64Recipients) {
  std::vector<std::string> recipients;
  while (recipients.size() < 63) recipients.push_back(SecretKey::generate().public_key().text());
  for (const std::size_t count : {63U, 64U}) {
    EXPECT_EQ(parse_packet(as_bytes(packet_for(recipients))).size(), count);
    recipients.push_back(SecretKey::generate().public_key().text());
  }
  EXPECT_EQ(error_of([&] { (void)packet_for(recipients); }), ErrorCode::kUsage);
  // One that is named twice counts once.
  recipients.back() = recipients.front();
  EXPECT_EQ(parse_packet(as_bytes(packet_for(recipients))).size(), 64U);
  // Of those that others have written.
  std::vector<SealedCopy> copies;
  while (copies.size() < 65) copies.push_back({SecretKey::generate().public_key(), Bytes(100)});
  EXPECT_EQ(error_of([&] { (void)parse_packet(as_bytes(format_packet(copies))); }), ErrorCode::kRefused);
  copies.pop_back();
  EXPECT_EQ(parse_packet(as_bytes(format_packet(copies))).size(), 64U);
}

TEST(SodiumPacket, HasAtMost64KiB) {
  const std::string recipient = SecretKey::generate().public_key().text();
  const SecretBytes large(kMostPacketBytes);
  EXPECT_EQ(error_of([&] { (void)SodiumProvider(KeyPlaces{}).wrap({recipient}, large); }), ErrorCode::kUsage);
  EXPECT_EQ(error_of([] { (void)parse_packet(Bytes(kMostPacketBytes + 1, ' ')); }), ErrorCode::kRefused);
  std::string packet = packet_for({recipient});
  packet.insert(1, kMostPacketBytes - packet.size(), ' ');
  EXPECT_NE(error_of([&] { (void)parse_packet(as_bytes(packet)); }), ErrorCode::kRefused);
}

}  // namespace
}  // namespace imgcrypt::keyprovider::sodium
