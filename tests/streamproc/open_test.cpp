#include "streamproc/open.hpp"

#include "base/cancel.hpp"
#include "keywrap/private_key_unwrapper.hpp"
#include "support/encrypted_layer.hpp"
#include "support/store_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace imgcrypt::streamproc {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kNotTried =
    "layer authentication failed; the blob was checked for 8 of its descriptors, and the others were not "
    "tried";

struct Node {
  Gathered gathered;
  KeyUnwrappers keys;
};

// The layer is in the store; key_ is the node's.
class OpenLayer : public testing::Test {
 protected:
  OpenLayer() { folder_.add(layer_.bytes); }

  [[nodiscard]] Node node_with(const std::vector<PrivateKey>& keys) const {
    const std::string blob = folder_.path(layer_.descriptor.digest);
    Node node{
        {layer_.descriptor.digest,
         {{}, Fd(::open(blob.c_str(), O_RDONLY | O_CLOEXEC)), false},
         Candidates(LayerDescriptors(folder_.store(), layer_.descriptor.digest), std::chrono::seconds(0)),
         KeyDirectory("/no/keys"),
         {},
         {},
         nullptr,
         {},
         {}},
        {}};
    for (const PrivateKey& key : keys) node.keys.push_back(std::make_unique<PrivateKeyUnwrapper>("key", key));
    return node;
  }

  void expect_opened(Node node) const {
    const OpenedLayer opened = open_layer(node.gathered, node.keys);
    EXPECT_EQ(exposed(opened.options.key), exposed(layer_.options.key));
    EXPECT_EQ(opened.media_type, layer_.descriptor.media_type);
    EXPECT_EQ(opened.size, layer_.descriptor.size);
  }

  [[nodiscard]] static Error failure_of(Node node) {
    return failure([&] { (void)open_layer(node.gathered, node.keys); });
  }

  // `count` descriptors with wrong HMACs that the node's key opens.
  [[nodiscard]] std::vector<Descriptor> forgeries(std::uint8_t count) const {
    std::vector<Descriptor> descriptors;
    for (std::uint8_t i = 0; i < count; ++i) descriptors.push_back(forged(layer_, i));
    return descriptors;
  }

  [[nodiscard]] Descriptor wrapped_for(const PrivateKey& key) const {
    Descriptor descriptor = layer_.descriptor;
    descriptor.annotations = wrap_for(layer_, {key});
    return descriptor;
  }

  StoreFolder folder_;
  PrivateKey key_ = PrivateKey::generate_ec("P-256");
  PrivateKey other_ = PrivateKey::generate_ec("P-256");
  EncryptedLayer layer_ = encrypt_layer("plaintext of the layer", {key_});
};

TEST_F(OpenLayer, OpensWithTheKeyThatFits) {
  folder_.add_manifest({layer_.descriptor});
  expect_opened(node_with({key_}));
  expect_opened(node_with({other_, key_}));
}

TEST_F(OpenLayer, LeavesAMacForTheNextPass) {
  folder_.add_manifest({layer_.descriptor});
  Node all = node_with({key_});
  OpenedLayer opened = open_layer(all.gathered, all.keys);
  opened.mac.mac.update(as_bytes(layer_.bytes));
  EXPECT_EQ(opened.mac.mac.finish(), opened.mac.expected);
  EXPECT_NE(opened.mac.expected, layer_.public_options.hmac);
}

TEST_F(OpenLayer, NeedsAKey) {
  folder_.add_manifest({layer_.descriptor});
  const Error error = failure_of(node_with({}));
  EXPECT_EQ(error.code(), ErrorCode::kNoKey);
  EXPECT_THAT(error.message(), HasSubstr("; no keys: /no/keys does not exist"));
  EXPECT_EQ(error.hint(),
            "put the private key of one of these recipients into /no/keys, or configure its key provider");
}

TEST_F(OpenLayer, NeedsTheRightKey) {
  folder_.add_manifest({layer_.descriptor});
  const Error error = failure_of(node_with({other_}));
  EXPECT_EQ(error.code(), ErrorCode::kNoKey);
  EXPECT_THAT(error.message(), HasSubstr(other_.public_key().description()));
}

// Any of the descriptors may be the one that was meant.
TEST_F(OpenLayer, NamesTheRecipientsOfAllDescriptors) {
  const PrivateKey third = PrivateKey::generate_ec("P-256");
  folder_.add_manifest({wrapped_for(key_), wrapped_for(third)});
  const Error error = failure_of(node_with({other_}));
  EXPECT_EQ(error.code(), ErrorCode::kNoKey);
  EXPECT_THAT(error.message(), HasSubstr("wrapped for jwe ECDH-ES+A256KW P-256 key "));
  for (const PrivateKey& key : {key_, third})
    EXPECT_THAT(error.message(), HasSubstr(key.public_key().thumbprint()));
  EXPECT_THAT(error.message(), HasSubstr("; other descriptors of it are wrapped for "));
}

// Anybody may push a manifest that lists the layer.
TEST_F(OpenLayer, IsNotDistractedByDescriptorsOfJunk) {
  Descriptor without_options = layer_.descriptor;
  without_options.annotations.clear();
  Descriptor without_keys = layer_.descriptor;
  std::erase_if(without_keys.annotations,
                [](const auto& annotation) { return annotation.first.find(".keys.") != std::string::npos; });
  for (const auto& order : {std::vector{without_options, without_keys, layer_.descriptor},
                            std::vector{layer_.descriptor, without_keys, without_options}}) {
    StoreFolder folder;
    folder.add(layer_.bytes);
    folder.add_manifest(order);
    Node node = node_with({});
    node.gathered.candidates =
        Candidates(LayerDescriptors(folder.store(), layer_.descriptor.digest), std::chrono::seconds(0));
    const Error error = failure_of(std::move(node));
    EXPECT_EQ(error.code(), ErrorCode::kNoKey) << error.message();
    EXPECT_THAT(error.message(), HasSubstr("; no keys: /no/keys does not exist"));
  }
}

TEST_F(OpenLayer, NeedsADescriptor) {
  folder_.add_manifest({});
  EXPECT_EQ(failure_of(node_with({key_})).code(), ErrorCode::kNotFound);
}

TEST_F(OpenLayer, RefusesAWrongHmac) {
  folder_.add_manifest({forged(layer_, 1)});
  const Error error = failure_of(node_with({key_}));
  EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
  EXPECT_EQ(error.message(), "layer authentication failed");
}

TEST_F(OpenLayer, RefusesADamagedLayer) {
  folder_.add_manifest({layer_.descriptor});
  std::string damaged = layer_.bytes;
  damaged.back() ^= 1;
  std::ofstream(folder_.path(layer_.descriptor.digest)) << damaged;
  EXPECT_EQ(failure_of(node_with({key_})).message(), "layer authentication failed");
  std::ofstream(folder_.path(layer_.descriptor.digest)) << layer_.bytes << "more";
  EXPECT_THAT(failure_of(node_with({key_})).message(), HasSubstr("blob damaged: it is longer"));
}

TEST_F(OpenLayer, RefusesAnnotationsThatAreNotAllThere) {
  Descriptor descriptor = layer_.descriptor;
  descriptor.annotations.erase("org.opencontainers.image.enc.pubopts");
  folder_.add_manifest({descriptor});
  EXPECT_EQ(failure_of(node_with({key_})).message(), "the annotations of its encryption are missing");
}

TEST_F(OpenLayer, FindsTheGoodOneAmongBadOnes) {
  folder_.add_manifest({layer_.descriptor}, 9);
  folder_.add_manifest(forgeries(7), 5);
  folder_.add_manifest({wrapped_for(other_)}, 1);
  expect_opened(node_with({key_}));
}

TEST_F(OpenLayer, TellsOfDamageRatherThanOfKeys) {
  folder_.add_manifest({forged(layer_, 1)}, 9);
  folder_.add_manifest({wrapped_for(other_)}, 1);
  EXPECT_EQ(failure_of(node_with({key_})).message(), "layer authentication failed");
}

TEST_F(OpenLayer, ReadsTheBlobEightTimesAtMost) {
  folder_.add_manifest({layer_.descriptor}, 9);
  folder_.add_manifest(forgeries(8), 1);
  const Error error = failure_of(node_with({key_}));
  EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
  EXPECT_EQ(error.message(), kNotTried);
  EXPECT_EQ(error.hint(), "other images in the store name this layer too: remove those that should not");
}

TEST_F(OpenLayer, SaysNothingOfOthersWhenAllWereTried) {
  folder_.add_manifest(forgeries(8), 1);
  EXPECT_EQ(failure_of(node_with({key_})).message(), "layer authentication failed");
}

TEST_F(OpenLayer, TriesIdenticalDescriptorsOnce) {
  folder_.add_manifest({layer_.descriptor}, 9);
  folder_.add_manifest(std::vector<Descriptor>(120, forged(layer_, 1)), 1);
  expect_opened(node_with({key_}));
}

// Those that no key opens cost no pass.
TEST_F(OpenLayer, TriesManyThatAreForOthers) {
  folder_.add_manifest({layer_.descriptor}, 9);
  std::vector<Descriptor> others;
  for (int i = 0; i < 20; ++i) others.push_back(wrapped_for(other_));
  folder_.add_manifest(others, 1);
  expect_opened(node_with({key_}));
}

TEST_F(OpenLayer, SaysThatTheSearchWasCutShort) {
  std::vector<Descriptor> others;
  for (int i = 0; i < 65; ++i) others.push_back(wrapped_for(other_));
  folder_.add_manifest(others);
  EXPECT_THAT(failure_of(node_with({key_})).message(),
              testing::EndsWith(" (the search ended after 64 descriptors)"));
}

TEST_F(OpenLayer, AsksOnlyTheKeysWhenTheLayerIsStreamed) {
  folder_.add_manifest({forged(layer_, 1)});
  Node all = node_with({key_});
  all.gathered.ciphertext.file = Fd();
  expect_opened(std::move(all));
}

TEST_F(OpenLayer, TriesThePayloadsDescriptorAlone) {
  folder_.add_manifest({layer_.descriptor});
  Node all = node_with({key_});
  all.gathered.candidates = Candidates(forged(layer_, 1));
  EXPECT_EQ(failure_of(std::move(all)).message(), "layer authentication failed");
  Node good = node_with({key_});
  good.gathered.candidates = Candidates(layer_.descriptor);
  expect_opened(std::move(good));
}

// Cancels when it is asked, as a signal would in the middle of the trial.
class CancellingKey final : public KeyUnwrapper {
 public:
  [[nodiscard]] bool reads(std::string_view) const override { return true; }
  [[nodiscard]] std::string description() const override { return "key"; }
  [[nodiscard]] std::optional<SecretBytes> unwrap(std::string_view, ByteView, Attempts&) const override {
    ::raise(SIGTERM);
    return std::nullopt;
  }
};

// A signal that was caught is never forgotten, hence processes of their own; started anew, as a copy would
// lack what secrets hold.
TEST_F(OpenLayer, EndsWhenItIsCancelled) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  folder_.add_manifest({wrapped_for(other_)}, 1);
  folder_.add_manifest({layer_.descriptor}, 9);
  const auto open_and_cancel = [this] {
    install_cancel_handler();
    Node all = node_with({});
    all.keys.push_back(std::make_unique<CancellingKey>());
    all.keys.push_back(std::make_unique<PrivateKeyUnwrapper>("key", key_));
    ::_exit(error_of([&] { (void)open_layer(all.gathered, all.keys); }) == ErrorCode::kCancelled ? 0 : 1);
  };
  EXPECT_EXIT(open_and_cancel(), testing::ExitedWithCode(0), "");
}

// The signal comes after the layer's key was found: it interrupts the verification.
TEST_F(OpenLayer, EndsWhenTheVerificationIsCancelled) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  folder_.add_manifest({layer_.descriptor});
  const auto open_and_cancel = [this] {
    install_cancel_handler();
    Node all = node_with({key_});
    all.gathered.candidates = Candidates(layer_.descriptor);
    ::raise(SIGTERM);
    ::_exit(error_of([&] { (void)open_layer(all.gathered, all.keys); }) == ErrorCode::kCancelled ? 0 : 1);
  };
  EXPECT_EXIT(open_and_cancel(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace imgcrypt::streamproc
