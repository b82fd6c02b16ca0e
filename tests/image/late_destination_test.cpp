// Every use case that moves blobs, into a destination that keeps chunks and sends them late: what comes back
// must be what was there, and what fails in the middle must leave nothing.
#include "support/late_destination.hpp"

#include "base/cancel.hpp"
#include "image/check.hpp"
#include "image/encrypt.hpp"
#include "image/recipients/change_recipients.hpp"
#include "image/recipients/remove_recipients.hpp"
#include "support/image_builder.hpp"
#include "support/party.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace imgcrypt::test {
namespace {

std::string content_of(std::size_t size, std::size_t seed) {
  std::string content(size, '\0');
  std::uint32_t state = static_cast<std::uint32_t>(seed) + 1;
  for (char& c : content) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24U);
  }
  return content;
}

class Late : public testing::Test {
 protected:
  // Layers of these sizes, in the clear and not compressed.
  void build(const std::vector<std::size_t>& sizes) {
    std::vector<Descriptor> layers;
    for (const std::size_t size : sizes) layers.push_back(plain_.add(kTar, content_of(size, layers.size())));
    make_root(plain_, add_manifest(plain_, add_config(plain_, kAmd64, layers), layers));
  }

  // Encrypts it; `jobs` and the layers' sizes decide how many hands hash.
  void encrypt(ImageDestination& destination, unsigned jobs = 2) {
    (void)encrypt_image(plain_, destination, party_.wrappers(), {.write = {.jobs = jobs}}, reporter_);
  }

  // Decrypts `encrypted` through a late destination and compares with the plain image.
  void expect_plain(MemoryStore& encrypted, const Party& party) {
    MemoryStore back;
    LateDestination late(back);
    const DecryptResult result =
        decrypt_image(encrypted, late, party.unwrappers(),
                      {.diff_ids = DiffIdCheck::kAlways, .write = {.jobs = 2}}, reporter_);
    EXPECT_EQ(result.exactness, Exactness::kExact);
    EXPECT_EQ(back.root().descriptor.digest, plain_.root().descriptor.digest);
    for (const auto& [digest, content] : plain_.blobs) EXPECT_EQ(back.blobs.at(digest), content);
  }

  Party party_;
  MemoryStore plain_;
  MemoryStore encrypted_;
  KeepingReporter reporter_;
};

TEST_F(Late, DestinationsGetLayersOfEverySizeThatDecrypt) {
  build({1, 2, 15, 16, 17, kChunkSize - 1, kChunkSize, kChunkSize + 1, 3 * kChunkSize + 5, 5'000'000});
  for (const unsigned jobs : {1U, 3U}) {
    MemoryStore encrypted;
    LateDestination late(encrypted);
    encrypt(late, jobs);
    expect_plain(encrypted, party_);
  }
}

TEST_F(Late, DestinationsGetLargeLayersThatDecrypt) {
  build({30'000'000, 100'000'000});
  LateDestination late(encrypted_);
  encrypt(late);
  expect_plain(encrypted_, party_);
}

TEST_F(Late, DestinationsGetOtherRecipients) {
  build({1, 3 * kChunkSize + 5, 20'000'000});
  encrypt(encrypted_);
  const Party other;
  for (const Rotation rotation : {Rotation::kNone, Rotation::kFreshKeys}) {
    MemoryStore replaced;
    LateDestination late(replaced);
    (void)replace_recipients(encrypted_, late, other.wrappers(), party_.unwrappers(), rotation,
                             {.write = {.jobs = 2}}, reporter_);
    expect_plain(replaced, other);
  }
  MemoryStore added;
  LateDestination late(added);
  (void)add_recipients(encrypted_, late, other.wrappers(), party_.unwrappers(), {.write = {.jobs = 2}},
                       reporter_);
  expect_plain(added, other);
  MemoryStore removed;
  LateDestination late_again(removed);
  (void)remove_recipients(added, late_again, list_recipients(added), {0}, {.jobs = 2}, reporter_);
  EXPECT_EQ(list_recipients(removed).recipients.size(), 1U);
  const CheckResult checked = check_image(removed, {.depth = CheckDepth::kContent, .jobs = 2}, reporter_);
  EXPECT_TRUE(checked.problems.empty());
}

TEST_F(Late, FailureInTheMiddleLeavesNoImage) {
  build({1, 1'000'000, 10'000'000});
  LateDestination late(encrypted_);
  late.before_send = [](const BlobInfo& info, std::size_t sent) {
    if (info.size == 10'000'000 && sent > 5'000'000) throw Error(ErrorCode::kRegistry, "413");
  };
  const Error error = failure([&] { encrypt(late); });
  EXPECT_EQ(error.code(), ErrorCode::kRegistry);
  EXPECT_NE(error.message().find("layer 2"), std::string::npos);
  EXPECT_THROW((void)encrypted_.root(), std::bad_optional_access);
}

TEST_F(Late, CancelInTheMiddleLeavesNoImage) {
  build({1, 10'000'000});
  install_cancel_handler();
  LateDestination late(encrypted_);
  late.before_send = [](const BlobInfo&, std::size_t sent) {
    if (sent <= 5'000'000) return;
    throw Error(ErrorCode::kCancelled, "cancelled");
  };
  EXPECT_EQ(error_of([&] { encrypt(late); }), ErrorCode::kCancelled);
  EXPECT_THROW((void)encrypted_.root(), std::bad_optional_access);
}

TEST_F(Late, BlobThatTheNetworkLostIsBegunAnewWithAFreshKey) {
  build({1'000'000, 10'000'000});
  LateDestination late(encrypted_);
  std::atomic<int> losses = 0;
  late.before_send = [&](const BlobInfo& info, std::size_t sent) {
    if (info.size == 10'000'000 && sent > 5'000'000 && losses++ < 2)
      throw Error(ErrorCode::kNetwork, "reset");
  };
  encrypt(late);
  EXPECT_EQ(late.begun, 5U);  // a config and two layers, one of them three times
  expect_plain(encrypted_, party_);
}

TEST_F(Late, NetworkThatStaysAwayIsAnErrorThatNamesTheLayer) {
  build({10'000'000});
  LateDestination late(encrypted_);
  late.before_send = [](const BlobInfo& info, std::size_t) {
    if (info.size == 10'000'000) throw Error(ErrorCode::kNetwork, "reset");
  };
  const Error error = failure([&] { encrypt(late); });
  EXPECT_EQ(error.code(), ErrorCode::kNetwork);
  EXPECT_NE(error.message().find("layer 0"), std::string::npos);
}

// A registry that asks for a login for one platform's manifest has not said that it lacks it.
class Reluctant final : public ImageSource {
 public:
  Reluctant(MemoryStore& store, Digest refused, ErrorCode code)
      : store_(store), refused_(std::move(refused)), code_(code) {}
  [[nodiscard]] const RootDescriptor& root() const override { return store_.root(); }
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override {
    if (blob.digest == refused_) throw Error(code_, "401");
    return store_.open(blob, pool);
  }
  void check_presence(const Descriptor& blob) override { store_.check_presence(blob); }

 private:
  MemoryStore& store_;
  Digest refused_;
  ErrorCode code_;
};

// A source that the network cuts off now and then.
class Flaky final : public ImageSource {
 public:
  Flaky(MemoryStore& store, Digest blob, unsigned failures)
      : store_(store), blob_(std::move(blob)), failures_(failures) {}
  [[nodiscard]] const RootDescriptor& root() const override { return store_.root(); }
  [[nodiscard]] std::unique_ptr<Source> open(const Descriptor& blob, ChunkPool& pool) override {
    if (blob.digest == blob_ && failures_ > 0) {
      --failures_;
      throw Error(ErrorCode::kNetwork, "reset");
    }
    return store_.open(blob, pool);
  }
  void check_presence(const Descriptor& blob) override { store_.check_presence(blob); }

 private:
  MemoryStore& store_;
  Digest blob_;
  unsigned failures_;
};

TEST_F(Late, PlainLayerThatTheNetworkLostIsReadAnew) {
  build({1'000, 2'000});
  (void)encrypt_image(plain_, encrypted_, party_.wrappers(), {.selection = {{}, {{0, 0}}}}, reporter_);
  const Digest plain = Digest::parse(root_of(plain_).at("layers").at(1).at("digest").get<std::string>());
  const auto decrypt = [&](unsigned failures) {
    Flaky source(encrypted_, plain, failures);
    MemoryStore back;
    (void)decrypt_image(source, back, party_.unwrappers(), {.diff_ids = DiffIdCheck::kAlways}, reporter_);
  };
  EXPECT_NO_THROW(decrypt(2));
  EXPECT_EQ(error_of([&] { decrypt(3); }), ErrorCode::kNetwork);
}

TEST_F(Late, ChildThatTheStoreWillNotShowIsNotMissing) {
  const Descriptor amd64 = add_image(plain_, kAmd64, {"a"});
  const Descriptor arm64 = add_image(plain_, kArm64, {"b"});
  make_root(plain_, add_index(plain_, {amd64, arm64}));
  for (const ErrorCode code : {ErrorCode::kRegistry, ErrorCode::kNetwork}) {
    Reluctant source(plain_, arm64.digest, code);
    EXPECT_EQ(error_of([&] { (void)encrypt_image(source, encrypted_, party_.wrappers(), {}, reporter_); }),
              code);
  }
  Reluctant source(plain_, arm64.digest, ErrorCode::kNotFound);
  EXPECT_NO_THROW((void)encrypt_image(source, encrypted_, party_.wrappers(), {}, reporter_));
}

TEST_F(Late, EveryDocumentAndConfigIsReadOnce) {
  const Descriptor amd64 = add_image(plain_, kAmd64, {"a", "b"});
  Descriptor listed_again = amd64;
  listed_again.platform = kArmV8;
  make_root(plain_, add_index(plain_, {amd64, add_image(plain_, kArm64, {"a"}), listed_again}));
  const auto expect_once = [](MemoryStore& store) {
    for (const auto& [digest, count] : store.opened) EXPECT_EQ(count, 1U) << digest.string();
    store.opened.clear();
  };
  encrypt(encrypted_);
  expect_once(plain_);
  MemoryStore back;
  (void)decrypt_image(
      encrypted_, back, party_.unwrappers(),
      {.selection = {.platforms = {{"linux", "arm64", ""}}, .layers = {}}, .diff_ids = DiffIdCheck::kAlways},
      reporter_);
  expect_once(encrypted_);
  (void)check_image(encrypted_, {.depth = CheckDepth::kContent}, reporter_);
  expect_once(encrypted_);
  const Party other;
  MemoryStore added;
  (void)add_recipients(encrypted_, added, other.wrappers(), party_.unwrappers(), {}, reporter_);
  expect_once(encrypted_);
  MemoryStore removed;
  (void)remove_recipients(added, removed, list_recipients(added), {0}, {}, reporter_);
  expect_once(added);
}

}  // namespace
}  // namespace imgcrypt::test
