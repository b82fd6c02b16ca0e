#include "base/stream/lane_buffers.hpp"
#include "base/stream/stream.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <semaphore>
#include <set>
#include <thread>

namespace imgcrypt {
namespace {

constexpr LaneKind kKinds[] = {LaneKind::kThread, LaneKind::kInline};

// Keeps what it is updated with; may be made to wait for that, or to fail.
class Record final : public RunningHash {
 public:
  void update(ByteView bytes) override {
    if (gate != nullptr) gate->acquire();
    if (fails) throw Error(ErrorCode::kIntegrity, "damaged");
    seen.insert(seen.end(), bytes.begin(), bytes.end());
  }
  Bytes seen;
  std::counting_semaphore<>* gate = nullptr;
  bool fails = false;
};

Bytes ramp(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  return bytes;
}

TEST(Lane, UpdatesEachHashWithEverythingInItsOrder) {
  const Bytes bytes = ramp(100'000);
  for (const LaneKind kind : kKinds) {
    Lane lane(kind);
    std::array<Record, 5> hashes;
    // Of all lengths around a stride, another for each hash.
    std::array<std::size_t, 5> at{};
    for (std::size_t size = 0; size < 300; ++size) {
      for (std::size_t i = 0; i < hashes.size(); ++i) {
        const std::size_t length = size + 7 * i;
        lane.post(hashes[i], ByteView(bytes).subspan(at[i], length));
        at[i] += length;
      }
    }
    lane.wait(lane.posted());
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      EXPECT_EQ(hashes[i].seen, Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at[i])));
    }
  }
}

TEST(Lane, WaitsForNoMoreThanItIsTold) {
  Lane lane(LaneKind::kThread);
  std::counting_semaphore<> gate(0);
  const Bytes byte(1);
  Record quick;
  Record slow;
  slow.gate = &gate;
  lane.post(quick, byte);
  for (int i = 0; i < 20; ++i) lane.post(slow, byte);
  gate.release(1);
  lane.wait(2);  // returns although the third is held up
  EXPECT_EQ(slow.seen.size(), 1U);
  gate.release(19);
  lane.wait(21);
}

// Opens the gate that others wait at.
class Opener final : public RunningHash {
 public:
  Opener(std::counting_semaphore<>& gate, std::ptrdiff_t count) : gate_(gate), count_(count) {}
  void update(ByteView) override { gate_.release(count_); }

 private:
  std::counting_semaphore<>& gate_;
  std::ptrdiff_t count_;
};

// What is worth a thread is not left for whoever waits. Many times over, so that the thread is asleep before.
TEST(Lane, BeginsBeforeAnybodyWaits) {
  Lane lane(LaneKind::kThread);
  std::counting_semaphore<> begun(0);
  const Bytes byte(1);
  Opener opener(begun, 1);
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 20; ++i) lane.post(opener, byte);
    ASSERT_TRUE(begun.try_acquire_for(std::chrono::seconds(10)));
    lane.wait(lane.posted());
    while (begun.try_acquire()) continue;
  }
}

// One of thread and owner is held up by the first two hashes, until the other has updated the third.
TEST(Lane, LetsItsOwnerTakePart) {
  Lane lane(LaneKind::kThread);
  std::counting_semaphore<> gate(0);
  const Bytes byte(1);
  std::array<Record, 2> slow;
  for (Record& record : slow) record.gate = &gate;
  for (int i = 0; i < 10; ++i) {
    for (Record& record : slow) lane.post(record, byte);
  }
  Opener opener(gate, 20);
  lane.post(opener, byte);
  lane.wait(lane.posted());
  EXPECT_EQ(slow[0].seen.size() + slow[1].seen.size(), 20U);
}

TEST(Lane, ThrowsWhatAHashThrewAndUpdatesNoneBehindIt) {
  const Bytes byte(1);
  for (const LaneKind kind : kKinds) {
    Lane lane(kind);
    Record broken;
    broken.fails = true;
    Record other;
    lane.post(broken, byte);
    EXPECT_THROW(lane.wait(lane.posted()), Error);
    lane.post(other, byte);
    EXPECT_THROW(lane.wait(lane.posted()), Error);
    lane.settle();
    EXPECT_TRUE(other.seen.empty());
  }
}

// A chunk that a hash still reads is not given out again, however slow that is.
TEST(LaneBuffers, GiveOutNoBufferThatIsInUse) {
  const Bytes ones(kChunkSize, 1);
  for (const LaneKind kind : kKinds) {
    Lane lane(kind);
    LaneBuffers buffers(lane);
    Record record;
    std::set<const std::uint8_t*> given;
    constexpr std::size_t kChunks = 100;
    for (std::size_t i = 0; i < kChunks; ++i) {
      const MutableByteView chunk = buffers.next();
      ASSERT_EQ(chunk.size(), kChunkSize);
      given.insert(chunk.data());
      std::ranges::fill(chunk, static_cast<std::uint8_t>(i));
      lane.post(record, chunk);
    }
    lane.wait(lane.posted());
    for (std::size_t i = 0; i < kChunks; ++i) {
      ASSERT_EQ(record.seen[i * kChunkSize], i);
      ASSERT_EQ(record.seen[(i + 1) * kChunkSize - 1], i);
    }
    EXPECT_EQ(given.size() > 1, kind == LaneKind::kThread);
  }
}

TEST(LaneBuffers, KeepAsManyAsTheyAreTold) {
  for (const LaneKind kind : kKinds) {
    Lane lane(kind);
    LaneBuffers buffers(lane, 1);
    for (int i = 0; i < 20; ++i) EXPECT_NE(buffers.next().data(), buffers.next().data());
  }
}

// Sums what passes, slowly enough to be behind.
class Sum final : public RunningHash {
 public:
  void update(ByteView bytes) override {
    for (const std::uint8_t byte : bytes) total_ += byte;
  }
  [[nodiscard]] Bytes finish() const { return Bytes(1, static_cast<std::uint8_t>(total_ % 251)); }

 private:
  std::uint64_t total_ = 0;
};

class Ones final : public Source {
 public:
  explicit Ones(std::size_t chunks, bool fails) : left_(chunks), fails_(fails) {}
  std::size_t read(MutableByteView buffer) override {
    if (left_ == 0 && fails_) throw Error(ErrorCode::kIntegrity, "damaged");
    if (left_ == 0) return 0;
    --left_;
    std::ranges::fill(buffer, std::uint8_t{1});
    return buffer.size();
  }

 private:
  std::size_t left_;
  bool fails_;
};

class SummingSink final : public Sink {
 public:
  explicit SummingSink(Lane& lane) : sum(&lane, Sum()) {}
  void write(ByteView bytes) override { sum.post(bytes); }
  HashInLane<Sum> sum;
};

TEST(HashInLane, HashesAllThatWasPumped) {
  for (const LaneKind kind : kKinds) {
    Lane lane(kind);
    Ones source(50, false);
    SummingSink sink(lane);
    EXPECT_EQ(pump(source, sink, lane), 50 * kChunkSize);
    EXPECT_EQ(sink.sum.finish(), Bytes(1, static_cast<std::uint8_t>(50 * kChunkSize % 251)));
  }
}

// Sink and buffers are gone before the lane is: nothing of them may be in use by then (the sanitizers see
// it).
TEST(HashInLane, UsesNothingThatAFailureTookAway) {
  for (const LaneKind kind : kKinds) {
    Lane lane(kind);
    {
      Ones source(20, true);
      SummingSink sink(lane);
      EXPECT_THROW(pump(source, sink, lane), Error);
    }
    lane.wait(lane.posted());
  }
}

}  // namespace
}  // namespace imgcrypt
