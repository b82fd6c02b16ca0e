#include "base/stream/chunk_hash.hpp"
#include "base/stream/stream.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <semaphore>
#include <set>
#include <thread>
#include <vector>

namespace imgcrypt {
namespace {

constexpr Hands kHands[] = {Hands::kOne, Hands::kTwo};

// Keeps what it is updated with; may be made to wait for that, or to fail.
struct Record final : RunningHash {
  void update(ByteView bytes) override {
    if (gate != nullptr) gate->acquire();
    if (fails) throw Error(ErrorCode::kIntegrity, "damaged");
    seen.insert(seen.end(), bytes.begin(), bytes.end());
  }
  [[nodiscard]] Bytes finish() const { return seen; }

  Bytes seen;
  std::counting_semaphore<>* gate = nullptr;
  bool fails = false;
};

Bytes ramp(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  return bytes;
}

Chunk filled_with(ChunkPool& pool, std::size_t size, std::uint8_t byte) {
  FreshChunk fresh = pool.take();
  std::ranges::fill(fresh.room().first(size), byte);
  return std::move(fresh).filled(size);
}

TEST(Chunk, OutlivesItsPool) {
  std::optional<Chunk> chunk;
  {
    ChunkPool pool;
    chunk = filled_with(pool, 10, 7).slice(2, 5);
  }
  EXPECT_TRUE(std::ranges::equal(chunk->view(), Bytes(5, 7)));
  std::ranges::fill(fresh_beside(*chunk).room(), std::uint8_t{1});
  EXPECT_TRUE(std::ranges::equal(chunk->view(), Bytes(5, 7)));
}

TEST(Chunk, KeepsItsBytesHoweverManyAreTakenAfterIt) {
  for (const Hands hands : kHands) {
    ChunkPool pool(hands);
    std::vector<Chunk> kept;
    for (std::uint8_t i = 0; i < 60; ++i) kept.push_back(filled_with(pool, kChunkSize, i));
    for (int i = 0; i < 200; ++i) (void)filled_with(pool, kChunkSize, 0xff);
    for (std::uint8_t i = 0; i < 60; ++i) {
      EXPECT_EQ(kept[i].view().front(), i);
      EXPECT_EQ(kept[i].view().back(), i);
    }
  }
}

TEST(ChunkPool, UsesAFewBuffersAgainAndAgain) {
  for (const Hands hands : kHands) {
    ChunkPool pool(hands);
    std::set<const std::uint8_t*> buffers;
    for (int i = 0; i < 300; ++i) buffers.insert(filled_with(pool, 1, 0).view().data());
    EXPECT_LE(buffers.size(), hands == Hands::kOne ? 2U : 42U);
  }
}

TEST(ChunkPool, FailsWhenTooManyChunksAreKept) {
  ChunkPool pool;
  std::deque<Chunk> kept;
  for (std::size_t i = 0; i < ChunkPool::kMostKept; ++i) kept.push_back(filled_with(pool, 1, 0));
  EXPECT_THROW((void)pool.take(), Error);
  kept.pop_front();
  EXPECT_NO_THROW((void)pool.take());
}

TEST(ChunkPool, TakesBackWhatIsNotFilled) {
  ChunkPool pool;
  for (std::size_t i = 0; i < 2 * ChunkPool::kMostKept; ++i) (void)pool.take();
}

TEST(ChunkHash, SeesEverythingInItsOrderBesideOthers) {
  const Bytes bytes = ramp(100'000);
  for (const Hands hands : kHands) {
    ChunkPool pool(hands);
    std::array<ChunkHash<Record>, 5> hashes = {ChunkHash(Record()), ChunkHash(Record()), ChunkHash(Record()),
                                               ChunkHash(Record()), ChunkHash(Record())};
    // All lengths around a stride, a different one for each hash.
    std::array<std::size_t, 5> at{};
    for (std::size_t size = 0; size < 300; ++size) {
      for (std::size_t i = 0; i < hashes.size(); ++i) {
        const std::size_t length = size + 7 * i;
        FreshChunk fresh = pool.take();
        std::ranges::copy(ByteView(bytes).subspan(at[i], length), fresh.room().begin());
        hashes[i].update(std::move(fresh).filled(length));
        at[i] += length;
      }
    }
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      EXPECT_EQ(hashes[i].finish(), Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at[i])));
    }
  }
}

TEST(ChunkHash, SeesEverythingInItsOrderAcrossPools) {
  ChunkHash hash{Record()};
  Bytes expected;
  for (std::uint8_t i = 0; i < 20; ++i) {
    ChunkPool pool(i % 2 == 0 ? Hands::kOne : Hands::kTwo);
    for (int j = 0; j < 3; ++j) {
      hash.update(filled_with(pool, 100, i));
      hash.update(Chunk(Bytes(1, 0xff)));  // of no pool
      expected.insert(expected.end(), 100, i);
      expected.push_back(0xff);
    }
  }
  EXPECT_EQ(hash.finish(), expected);
}

// A buffer that a hash still reads must not be written again.
TEST(ChunkHash, SeesTheBytesOfItsChunksHoweverSlowItIs) {
  for (const Hands hands : kHands) {
    ChunkPool pool(hands);
    ChunkHash hash{Record()};
    constexpr std::size_t kChunks = 100;
    for (std::size_t i = 0; i < kChunks; ++i)
      hash.update(filled_with(pool, kChunkSize, static_cast<std::uint8_t>(i)));
    const Bytes seen = hash.finish();
    for (std::size_t i = 0; i < kChunks; ++i) {
      ASSERT_EQ(seen[i * kChunkSize], i);
      ASSERT_EQ(seen[(i + 1) * kChunkSize - 1], i);
    }
  }
}

// Opens the gate that others wait at.
class Opener final : public RunningHash {
 public:
  Opener(std::counting_semaphore<>& gate, std::ptrdiff_t count) : gate_(gate), count_(count) {}
  void update(ByteView) override { gate_.release(count_); }
  [[nodiscard]] static Bytes finish() { return {}; }

 private:
  std::counting_semaphore<>& gate_;
  std::ptrdiff_t count_;
};

// The second hand must not leave the work until somebody waits for it. Many times over, so that its thread
// has fallen asleep in between.
TEST(ChunkHash, BeginsBeforeAnybodyWaits) {
  ChunkPool pool(Hands::kTwo);
  std::counting_semaphore<> begun(0);
  for (int round = 0; round < 100; ++round) {
    ChunkHash hash{Opener(begun, 1)};
    for (int i = 0; i < 20; ++i) hash.update(filled_with(pool, 1, 0));
    ASSERT_TRUE(begun.try_acquire_for(std::chrono::seconds(10)));
    (void)hash.finish();
    while (begun.try_acquire()) continue;
  }
}

// The first two hashes hold up either the thread or the owner until the other one has updated the third.
TEST(ChunkHash, LetsTheWaitingOwnerTakePart) {
  ChunkPool pool(Hands::kTwo);
  std::counting_semaphore<> gate(0);
  Record held_up;
  held_up.gate = &gate;
  std::array<ChunkHash<Record>, 2> slow = {ChunkHash(held_up), ChunkHash(held_up)};
  for (int i = 0; i < 10; ++i) {
    for (ChunkHash<Record>& hash : slow) hash.update(filled_with(pool, 1, 0));
  }
  ChunkHash opener{Opener(gate, 20)};
  opener.update(filled_with(pool, 1, 0));
  EXPECT_EQ(slow[0].finish().size() + slow[1].finish().size(), 20U);
}

TEST(ChunkHash, ThrowsWhatItThrewAndNothingIsUpdatedAfterIt) {
  for (const Hands hands : kHands) {
    ChunkPool pool(hands);
    Record failing;
    failing.fails = true;
    ChunkHash broken{failing};
    ChunkHash other{Record()};
    const Chunk chunk = filled_with(pool, 1, 0);
    broken.update(chunk);
    EXPECT_THROW((void)broken.finish(), Error);
    other.update(chunk);
    EXPECT_THROW((void)other.finish(), Error);
    EXPECT_THROW((void)pool.take(), Error);
  }
}

// The hash is destroyed before its pool, and must not be in use by then (the sanitizers notice).
TEST(ChunkHash, MayBeDestroyedWhileItIsUpdated) {
  for (const Hands hands : kHands) {
    ChunkPool pool(hands);
    for (int round = 0; round < 20; ++round) {
      const auto hash = std::make_unique<ChunkHash<Record>>(Record());
      for (std::uint8_t i = 0; i < 10; ++i) hash->update(filled_with(pool, kChunkSize, i));
    }
  }
}

}  // namespace
}  // namespace imgcrypt
