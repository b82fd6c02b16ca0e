#include "layer/wrapped_keys.hpp"

#include "keys/key_file.hpp"
#include "keywrap/jwe/jwe.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "layer/packets.hpp"
#include "layer/unwrap_private_options.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const PublicOptions kPublicOptions{Bytes(32, 7)};

Annotations wrap_for(const PrivateOptions& options, const std::vector<std::string>& names) {
  std::vector<std::unique_ptr<KeyWrapper>> wrappers;
  for (const std::string& name : names) {
    const std::string pem = read_vector("keys/" + name + ".pub.pem");
    wrappers.push_back(std::make_unique<JweWrapper>(parse_recipient_key(as_bytes(pem))));
  }
  Annotations annotations = wrap_private_options(options, wrappers);
  set_public_options(annotations, kPublicOptions);
  return annotations;
}

KeyUnwrappers unwrappers_of(const std::vector<std::string>& names) {
  KeyUnwrappers unwrappers;
  for (const std::string& name : names) {
    const std::string pem = read_vector("keys/" + name + ".pem");
    unwrappers.push_back(
        std::make_unique<PrivateKeyUnwrapper>(name + ".pem", parse_private_key(as_bytes(pem), nullptr)));
  }
  return unwrappers;
}

PrivateOptions unwrap_with(const Annotations& annotations, const std::vector<std::string>& names) {
  return unwrap_private_options(annotations, unwrappers_of(names));
}

// A key provider, say, that answers with this whatever it is asked.
class Answer final : public KeyUnwrapper {
 public:
  explicit Answer(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] bool reads(std::string_view) const override { return true; }
  [[nodiscard]] std::string description() const override { return "answer"; }
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view, ByteView, Attempts&) const override {
    return secret(text_);
  }

 private:
  std::string text_;
};

// A key provider, say, that fails with another long text for each packet.
class Complaint final : public KeyUnwrapper {
 public:
  explicit Complaint(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] bool reads(std::string_view) const override { return true; }
  [[nodiscard]] std::string description() const override { return text_; }
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view, ByteView, Attempts&) const override {
    throw Error(ErrorCode::kProvider, std::to_string(++calls_) + text_, "mend it");
  }

 private:
  std::string text_;
  mutable int calls_ = 0;
};

// Counts how often the key behind it is asked.
class Counted final : public KeyUnwrapper {
 public:
  Counted(std::unique_ptr<KeyUnwrapper> key, std::size_t& count) : key_(std::move(key)), count_(count) {}
  [[nodiscard]] bool reads(std::string_view annotation) const override { return key_->reads(annotation); }
  [[nodiscard]] std::string description() const override { return key_->description(); }
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view annotation, ByteView packet,
                                                  Attempts& attempts) const override {
    ++count_;
    return key_->unwrap(annotation, packet, attempts);
  }

 private:
  std::unique_ptr<KeyUnwrapper> key_;
  std::size_t& count_;
};

PrivateOptions new_options() { return PrivateOptions::generate(Digest::of({})); }

TEST(WrappedKeys, AreOpenedByEachRecipientAlone) {
  const PrivateOptions options = new_options();
  const std::vector<std::string> names = {"rsa", "rsa2", "p256", "p521"};
  const Annotations annotations = wrap_for(options, names);
  for (const std::string& name : names) {
    EXPECT_EQ(exposed(unwrap_with(annotations, {name}).key), exposed(options.key)) << name;
    EXPECT_EQ(exposed(unwrap_with(annotations, {"rsa3072", "p384", name}).key), exposed(options.key)) << name;
  }
  EXPECT_EQ(std::ranges::count(annotations.at(kJweAnnotation), ','), 3);
}

TEST(WrappedKeys, NameRecipientsAndKeysWhenNoneFits) {
  const Annotations annotations = wrap_for(new_options(), {"rsa", "p256"});
  const Error error = failure([&] { (void)unwrap_with(annotations, {"rsa2", "p384"}); });
  EXPECT_EQ(error.code(), ErrorCode::kNoKey);
  for (const char* part :
       {"RSA-OAEP key GaTh", "P-256 key bfoP", "rsa2.pem (2048-bit RSA key NjD9", "p384.pem (P-384 key 9TZF"})
    EXPECT_THAT(error.message(), testing::HasSubstr(part));
  EXPECT_THAT(error.hint(), testing::HasSubstr("imgcrypt key show"));
}

// Its key may be there.
TEST(WrappedKeys, HaveTheCureOfAProviderThatFails) {
  const Annotations annotations = wrap_for(new_options(), {"rsa"});
  const auto hint = [&](const KeyUnwrappers& keys) {
    return failure([&] { (void)unwrap_private_options(annotations, keys, "bring a key"); }).hint();
  };
  KeyUnwrappers failing = unwrappers_of({"p256"});
  EXPECT_EQ(hint(failing), "bring a key");
  failing.push_back(std::make_unique<Complaint>("provider"));
  EXPECT_EQ(hint(failing), "mend it; or bring a key");
}

// A packet for `name`, written `count` times into one message.
std::string packet_for_many(const std::string& name, std::size_t count) {
  const Annotations annotations = wrap_for(new_options(), {name});
  const auto packet = Table::parse(decode_base64(annotations.at(kJweAnnotation), Base64::kStandard).value());
  const auto header = Table::parse(*decode_base64(text(packet, "protected"), Base64::kUrl));
  Table message = {{"iv", packet["iv"]}, {"ciphertext", packet["ciphertext"]}, {"tag", packet["tag"]}};
  message["recipients"] =
      std::vector(count, Table{{"header", header}, {"encrypted_key", packet["encrypted_key"]}});
  return encode_base64(as_bytes(message.dump()), Base64::kStandard);
}

TEST(WrappedKeys, AreTriedForABoundedNumberOfRecipients) {
  const PrivateOptions options = new_options();
  const std::string own = wrap_for(options, {"p256"}).at(kJweAnnotation);
  const std::size_t half = Attempts::kMost / 2;
  const Annotations most = {{kJweAnnotation, packet_for_many("../layouts/coco-jwe/keys/p256", half) + "," +
                                                 packet_for_many("../layouts/coco-jwe/keys/p256", half - 1) +
                                                 "," + own}};
  EXPECT_EQ(exposed(unwrap_with(most, {"p256"}).key), exposed(options.key));
  const Annotations more = {{kJweAnnotation, packet_for_many("../layouts/coco-jwe/keys/p256", half) + "," +
                                                 packet_for_many("../layouts/coco-jwe/keys/p256", half) +
                                                 "," + own}};
  const Error error = failure([&] { (void)unwrap_with(more, {"p256"}); });
  EXPECT_EQ(error.code(), ErrorCode::kNoKey);
  EXPECT_THAT(error.message(), testing::HasSubstr("more than 128 recipients"));
}

TEST(WrappedKeys, OfHostileImagesMakeShortErrors) {
  const std::string long_name(60'000, 'x');
  Annotations annotations;
  for (int i = 0; i < 100; ++i) {
    const std::string number = std::to_string(i);
    annotations["org.opencontainers.image.enc.keys.provider." + number + long_name] = "AAAA";
    annotations["org.opencontainers.image.enc.keys." + number + long_name] = "AAAA,";
  }
  for (int i = 0; i < 64; ++i) {
    const std::string enc = std::to_string(i) + long_name.substr(0, 10'000);
    const std::string header =
        R"({"alg":"RSA-OAEP","kid":")" + long_name.substr(0, 10'000) + R"(","enc":")" + enc + R"("})";
    const std::string message = R"({"protected":")" + encode_base64(as_bytes(header), Base64::kUrl) +
                                R"(","encrypted_key":"AAAA","iv":"AAAA","ciphertext":"AAAA","tag":"AAAA"})";
    annotations[kJweAnnotation] += (i == 0 ? "" : ",") + encode_base64(as_bytes(message), Base64::kStandard);
  }
  KeyUnwrappers unwrappers;
  for (int i = 0; i < 100; ++i) unwrappers.push_back(std::make_unique<Complaint>(long_name));
  const Error error = failure([&] { (void)unwrap_private_options(annotations, unwrappers); });
  EXPECT_LE(error.message().size(), kMostErrorBytes);
  EXPECT_THAT(error.message(), testing::HasSubstr("more"));
  EXPECT_LE(failure([&] { (void)unwrap_with(annotations, {"rsa"}); }).message().size(), kMostErrorBytes);
}

TEST(WrappedKeys, NeedAKeyAndAPacket) {
  const Annotations annotations = wrap_for(new_options(), {"rsa"});
  EXPECT_EQ(error_of([&] { (void)unwrap_with(annotations, {}); }), ErrorCode::kNoKey);
  // Not a matter of keys: none could open it.
  EXPECT_EQ(error_of([&] { (void)unwrap_with({}, {"rsa"}); }), ErrorCode::kIntegrity);
}

TEST(WrappedKeys, AreOpenedAfterAPacketThatNobodyCanRead) {
  const PrivateOptions options = new_options();
  Annotations annotations = wrap_for(options, {"rsa"});
  std::string& value = annotations[kJweAnnotation];
  value = encode_base64(as_bytes(read_vector("jwe/zip.json")), Base64::kStandard) + "," + value;
  EXPECT_EQ(exposed(unwrap_with(annotations, {"rsa"}).key), exposed(options.key));
}

TEST(WrappedKeys, AreOpenedAfterAKeyThatGivesNonsense) {
  const PrivateOptions options = new_options();
  KeyUnwrappers unwrappers;
  unwrappers.push_back(std::make_unique<Answer>("nonsense"));
  unwrappers.push_back(std::make_unique<Answer>(std::string(as_text(options.to_json().expose()))));
  const Annotations annotations = wrap_for(options, {"rsa"});
  EXPECT_EQ(exposed(unwrap_private_options(annotations, unwrappers).key), exposed(options.key));
  unwrappers.pop_back();
  EXPECT_EQ(error_of([&] { (void)unwrap_private_options(annotations, unwrappers); }), ErrorCode::kIntegrity);
}

TEST(WrappedKeys, AreRefusedWhenMalformed) {
  const Annotations annotations = wrap_for(new_options(), {"rsa"});
  const std::string packet = annotations.at(kJweAnnotation);
  std::string many = packet;
  for (int i = 0; i < 64; ++i) many += "," + packet;
  for (const std::string& value :
       {packet + ",", "," + packet, packet + ",," + packet, packet + " ", packet + "\n", std::string("AAAA"),
        std::string("*"), many, std::string(100'000, 'A')}) {
    Annotations malformed = annotations;
    malformed[kJweAnnotation] = value;
    EXPECT_TRUE(error_of([&] { (void)unwrap_with(malformed, {"p256"}); })) << value.substr(0, 20);
  }
}

TEST(WrappedKeys, AreOpenedBesideWhatIsNoPacket) {
  const PrivateOptions options = new_options();
  const std::string packet = wrap_for(options, {"rsa"}).at(kJweAnnotation);
  const std::string large(100'000, 'A');
  for (const std::string& value : {packet + ",", "," + packet, "*," + packet, packet + ",,AAAA",
                                   "AAA,AAAA," + packet, large + "," + packet}) {
    EXPECT_EQ(exposed(unwrap_with({{kJweAnnotation, value}}, {"rsa"}).key), exposed(options.key))
        << value.substr(0, 20);
    EXPECT_TRUE(error_of([&] { (void)unwrap_with({{kJweAnnotation, value}}, {"rsa2"}); }));
  }
}

TEST(WrappedKeys, ThatWereForgedAreNotALackOfAKey) {
  const PrivateOptions options = new_options();
  const Annotations annotations = wrap_for(options, {"rsa"});
  auto packet = Table::parse(decode_base64(annotations.at(kJweAnnotation), Base64::kStandard).value());
  packet["tag"] = encode_base64(Bytes(16, 0), Base64::kUrl);
  const Annotations forged = {{kJweAnnotation, encode_base64(as_bytes(packet.dump()), Base64::kStandard)}};
  EXPECT_EQ(error_of([&] { (void)unwrap_with(forged, {"rsa"}); }), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of([&] { (void)unwrap_with(forged, {"rsa2"}); }), ErrorCode::kNoKey);
}

// So the time of a failure does not tell which key it was that nearly fitted.
TEST(WrappedKeys, ThatNearlyOpenLeaveNoKeyUnasked) {
  const Annotations annotations = wrap_for(new_options(), {"rsa", "p256", "p384"});
  std::string damaged;
  for (const std::string_view text : split_packets(annotations.at(kJweAnnotation))) {
    auto packet = Table::parse(decode_base64(text, Base64::kStandard).value());
    packet["tag"] = encode_base64(Bytes(16, 0), Base64::kUrl);
    damaged += (damaged.empty() ? "" : ",") + encode_base64(as_bytes(packet.dump()), Base64::kStandard);
  }
  // All of the packets' keys, one of them at each place, and none.
  for (const std::vector<std::string>& names : {std::vector<std::string>{"rsa", "p256", "p384"},
                                                {"rsa", "rsa2", "p521"},
                                                {"rsa2", "p256", "p521"},
                                                {"rsa2", "p521", "p384"},
                                                {"rsa2", "p521", "p521"}}) {
    std::vector<std::size_t> counts(names.size(), 0);
    KeyUnwrappers unwrappers;
    for (auto& key : unwrappers_of(names))
      unwrappers.push_back(std::make_unique<Counted>(std::move(key), counts[unwrappers.size()]));
    EXPECT_TRUE(error_of([&] { (void)unwrap_private_options({{kJweAnnotation, damaged}}, unwrappers); }));
    EXPECT_THAT(counts, testing::Each(3U)) << testing::PrintToString(names);
  }
}

TEST(WrappedKeys, MustAgreeAsFarAsTheyAreOpened) {
  const PrivateOptions options = new_options();
  Annotations annotations = wrap_for(options, {"rsa", "p256"});
  EXPECT_EQ(error_of([&] { check_packets_agree(annotations, unwrappers_of({"rsa", "p256"}), options); }),
            std::nullopt);
  const PrivateOptions others = PrivateOptions::generate(Digest::of({}));
  annotations[kJweAnnotation] += "," + wrap_for(others, {"p384"}).at(kJweAnnotation);
  EXPECT_EQ(error_of([&] { check_packets_agree(annotations, unwrappers_of({"rsa", "p256"}), options); }),
            std::nullopt);
  EXPECT_EQ(error_of([&] { check_packets_agree(annotations, unwrappers_of({"rsa", "p384"}), options); }),
            ErrorCode::kIntegrity);
}

TEST(WrappedKeys, KeepThePublicOptionsBesideThem) {
  Annotations annotations = wrap_for(new_options(), {"rsa"});
  EXPECT_TRUE(has_encryption_annotations(annotations));
  EXPECT_EQ(public_options_of(annotations).hmac, kPublicOptions.hmac);
  annotations["org.opencontainers.image.enc.pubopts"] += "\n";
  EXPECT_EQ(error_of([&] { (void)public_options_of(annotations); }), ErrorCode::kIntegrity);
  EXPECT_EQ(error_of([] { (void)public_options_of({}); }), ErrorCode::kIntegrity);
  annotations["org.opencontainers.image.enc.pubopts"] = "bm8ganNvbg==";
  EXPECT_THAT(failure([&] { (void)public_options_of(annotations); }).message(),
              testing::StartsWith("org.opencontainers.image.enc.pubopts: JSON: malformed"));
  EXPECT_FALSE(has_encryption_annotations({{"org.opencontainers.image.encoding", "x"}, {"a", "b"}}));
}

}  // namespace
}  // namespace imgcrypt
