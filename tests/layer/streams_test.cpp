#include "crypto/random.hpp"
#include "layer/authenticated_source.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/encrypting_source.hpp"
#include "support/failing_source.hpp"
#include "support/memory_sink.hpp"
#include "support/slow_source.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

namespace imgcrypt {
namespace {

using namespace test;

constexpr std::size_t kAnySize = std::size_t{1} << 30U;

struct Encrypted {
  Bytes bytes;
  PublicOptions public_options;
};

PrivateOptions fresh_options() { return PrivateOptions::generate(Digest::of({})); }

Encrypted encrypt(ByteView plain, const PrivateOptions& options, std::size_t step = kAnySize,
                  Hands hands = Hands::kTwo) {
  ChunkPool pool(hands);
  SlowSource source(to_bytes(plain), step, pool);
  EncryptingSource encrypting(source, options);
  Bytes bytes = pump_all(encrypting);
  return {std::move(bytes), encrypting.public_options()};
}

Bytes decrypt(const Encrypted& layer, const PrivateOptions& options, std::size_t step = kAnySize,
              Hands hands = Hands::kTwo) {
  ChunkPool pool(hands);
  SlowSource source(layer.bytes, step, pool);
  DecryptingSource decrypting(source, options, layer_hmac(options, layer.public_options));
  return read_all(decrypting, kAnySize, "plain");
}

// Chunks that exist before they are asked for.
class GivenChunks final : public Source {
 public:
  explicit GivenChunks(std::deque<Chunk> chunks) : chunks_(std::move(chunks)) {}
  [[nodiscard]] std::optional<Chunk> next() override {
    if (chunks_.empty()) return std::nullopt;
    Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    return chunk;
  }

 private:
  std::deque<Chunk> chunks_;
};

// What comes out before the error; fails when there is none.
std::size_t released_before_failure(DecryptingSource& source) {
  std::size_t released = 0;
  try {
    while (const auto chunk = source.next()) released += chunk->size();
    ADD_FAILURE() << "ended cleanly";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIntegrity);
  }
  return released;
}

TEST(LayerCipher, AgreesWithPeers) {
  for (const auto& row : load_rows("cipher.json", "cases")) {
    SCOPED_TRACE(row.at("name"));
    const PrivateOptions options{secret(hex(row, "key")), hex(row, "nonce"), {}};
    const Encrypted layer = encrypt(hex(row, "plaintext"), options);
    EXPECT_EQ(layer.bytes, hex(row, "ciphertext"));
    EXPECT_EQ(encode_base64(layer.public_options.hmac, Base64::kStandard), text(row, "hmac"));
    EXPECT_EQ(decrypt(layer, options), hex(row, "plaintext"));
  }
}

TEST(LayerCipher, RoundTripsAtEverySizeAroundItsBuffers) {
  const std::size_t held = DecryptingSource::kHeldBack;
  const PrivateOptions options = fresh_options();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, held - 1, held, held + 1,
        kChunkSize, held + kChunkSize - 1, held + kChunkSize, held + kChunkSize + 1, 3 * kChunkSize + 7}) {
    const Bytes plain = random_bytes(size);
    for (const std::size_t step : {kAnySize, std::size_t{4097}}) {
      for (const Hands hands : {Hands::kOne, Hands::kTwo})
        EXPECT_EQ(decrypt(encrypt(plain, options, step, hands), options, step, hands), plain) << size;
    }
  }
}

TEST(LayerCipher, RoundTripsByteByByte) {
  const Bytes plain = random_bytes(DecryptingSource::kHeldBack + 100);
  const PrivateOptions options = fresh_options();
  const Encrypted layer = encrypt(plain, options, 1);
  EXPECT_EQ(layer.bytes, encrypt(plain, options).bytes);
  EXPECT_EQ(decrypt(layer, options, 1), plain);
}

TEST(DecryptingSource, HoldsTheTailBackUntilTheHmacIsChecked) {
  const PrivateOptions options = fresh_options();
  for (const std::size_t beyond : {0U, 1U, 5000U, 300'000U}) {
    Encrypted layer = encrypt(random_bytes(DecryptingSource::kHeldBack + beyond), options);
    layer.public_options.hmac[0] ^= 1;
    MemorySource source(layer.bytes);
    DecryptingSource decrypting(source, options, layer_hmac(options, layer.public_options));
    EXPECT_LE(released_before_failure(decrypting), beyond);
  }
}

TEST(DecryptingSource, ReleasesNothingOfAShortForgedLayer) {
  const PrivateOptions options = fresh_options();
  Encrypted layer = encrypt(as_bytes("short"), options);
  layer.bytes[0] ^= 1;
  MemorySource source(layer.bytes);
  DecryptingSource decrypting(source, options, layer_hmac(options, layer.public_options));
  EXPECT_EQ(released_before_failure(decrypting), 0U);
}

TEST(DecryptingSource, StaysFailed) {
  const PrivateOptions options = fresh_options();
  Encrypted layer = encrypt(random_bytes(100'000), options);
  layer.public_options.hmac[31] ^= 0x80;
  MemorySource source(layer.bytes);
  DecryptingSource decrypting(source, options, layer_hmac(options, layer.public_options));
  for (int i = 0; i < 3; ++i) released_before_failure(decrypting);
}

TEST(DecryptingSource, HoldsBackTheTailHoweverOftenItsSourceFails) {
  const PrivateOptions options = fresh_options();
  const Encrypted layer = encrypt(random_bytes(3 * DecryptingSource::kHeldBack), options);
  FailingSource source(layer.bytes);
  DecryptingSource decrypting(source, options, layer_hmac(options, layer.public_options));
  EXPECT_LE(released_before_failure(decrypting), 2 * DecryptingSource::kHeldBack);
  EXPECT_EQ(released_before_failure(decrypting), 0U);
}

TEST(DecryptingSource, EndsAgainAfterItsEnd) {
  const PrivateOptions options = fresh_options();
  const Encrypted layer = encrypt({}, options);
  MemorySource source(layer.bytes);
  DecryptingSource decrypting(source, options, layer_hmac(options, layer.public_options));
  EXPECT_FALSE(decrypting.next());
  EXPECT_FALSE(decrypting.next());
}

TEST(DecryptingSource, NeverEndsCleanlyOnCutExtendedOrChangedLayers) {
  const PrivateOptions options = fresh_options();
  const Encrypted layer = encrypt(random_bytes(70'000), options);
  const auto is_caught = [&](const Encrypted& forged) {
    MemorySource source(forged.bytes);
    MemorySource again(forged.bytes);
    const LayerMac hmac = layer_hmac(options, forged.public_options);
    AuthenticatedSource authenticated(again, hmac);
    return error_of([&] { (void)decrypt(forged, options); }) == ErrorCode::kIntegrity &&
           error_of([&] { drain(authenticated); }) == ErrorCode::kIntegrity &&
           error_of([&] { drain(authenticated); }) == ErrorCode::kIntegrity &&
           error_of([&] { (void)verify_layer(source, hmac); }) == ErrorCode::kIntegrity;
  };
  for (const std::size_t at : {0U, 35'000U, 69'999U}) {
    Encrypted forged = layer;
    forged.bytes[at] ^= 1;
    EXPECT_TRUE(is_caught(forged)) << at;
    forged = layer;
    forged.bytes.resize(at);
    EXPECT_TRUE(is_caught(forged)) << at;
  }
  Encrypted longer = layer;
  longer.bytes.push_back(0);
  EXPECT_TRUE(is_caught(longer));
  EXPECT_TRUE(is_caught({layer.bytes, {}}));
  MemorySource whole(layer.bytes);
  AuthenticatedSource authenticated(whole, layer_hmac(options, layer.public_options));
  EXPECT_EQ(pump_all(authenticated), layer.bytes);
}

// All the chunks that the pool may give: the next decorator that needs one fails.
std::vector<FreshChunk> exhaust(ChunkPool& pool) {
  std::vector<FreshChunk> kept;
  try {
    while (true) kept.push_back(pool.take());
  } catch (const Error&) {
    return kept;
  }
}

// Otherwise a chunk would be missing, and the MAC would agree with that.
template <typename Decorator>
void expect_to_stay_failed(Decorator& source, ChunkPool& pool) {
  EXPECT_TRUE(source.next());
  {
    const std::vector<FreshChunk> kept = exhaust(pool);
    EXPECT_EQ(error_of([&] { drain(source); }), ErrorCode::kOther);
  }
  EXPECT_EQ(error_of([&] { drain(source); }), ErrorCode::kOther);
}

TEST(LayerCipher, StaysFailedWhenItHadNoRoomForAChunk) {
  const PrivateOptions options = fresh_options();
  const Bytes plain = random_bytes(5 * kChunkSize);
  const Encrypted layer = encrypt(plain, options);
  for (const Hands hands : {Hands::kOne, Hands::kTwo}) {
    ChunkPool pool(hands);
    const auto all_of = [&pool](ByteView bytes) {
      SlowSource source(to_bytes(bytes), kChunkSize, pool);
      std::deque<Chunk> all;
      while (auto chunk = source.next()) all.push_back(std::move(*chunk));
      return all;
    };
    GivenChunks plain_chunks(all_of(plain));
    EncryptingSource encrypting(plain_chunks, options);
    expect_to_stay_failed(encrypting, pool);
    GivenChunks cipher_chunks(all_of(layer.bytes));
    DecryptingSource decrypting(cipher_chunks, options, layer_hmac(options, layer.public_options));
    expect_to_stay_failed(decrypting, pool);
  }
}

TEST(VerifiedLayer, IsReadAgainAsItWas) {
  const PrivateOptions options = fresh_options();
  for (const Hands hands : {Hands::kOne, Hands::kTwo}) {
    const Bytes plain = random_bytes(3 * DecryptingSource::kHeldBack + 100);
    const Encrypted layer = encrypt(plain, options);
    ChunkPool pool(hands);
    SlowSource first(layer.bytes, kAnySize, pool);
    const LayerMac mac = verify_layer(first, layer_hmac(options, layer.public_options));
    for (int time = 0; time < 2; ++time) {
      SlowSource again(layer.bytes, kAnySize, pool);
      DecryptingSource decrypting(again, options, mac);
      EXPECT_EQ(read_all(decrypting, plain.size(), "plain"), plain);
    }
  }
}

TEST(VerifiedLayer, IsRefusedWhenItHasChangedSince) {
  const PrivateOptions options = fresh_options();
  const Encrypted layer = encrypt(random_bytes(3 * DecryptingSource::kHeldBack), options);
  MemorySource first(layer.bytes);
  const LayerMac mac = verify_layer(first, layer_hmac(options, layer.public_options));
  for (const std::size_t at : {std::size_t{0}, layer.bytes.size() - 1}) {
    Bytes changed = layer.bytes;
    changed[at] ^= 1;
    MemorySource again(changed);
    DecryptingSource decrypting(again, options, mac);
    EXPECT_LE(released_before_failure(decrypting), 2 * DecryptingSource::kHeldBack);
  }
}

}  // namespace
}  // namespace imgcrypt
