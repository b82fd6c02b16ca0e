#include "base/lane.hpp"

#include "base/stream.hpp"

#include <imgcrypt/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <semaphore>
#include <set>

namespace imgcrypt {
namespace {

constexpr LaneKind kKinds[] = {LaneKind::kThread, LaneKind::kInline};

TEST(Lane, RunsTasksInTheirOrder) {
  for (const LaneKind kind : kKinds) {
    Lane lane(kind);
    std::vector<int> seen;
    for (int i = 0; i < 1000; ++i) lane.post([&seen, i] { seen.push_back(i); });
    lane.wait(lane.posted());
    ASSERT_EQ(seen.size(), 1000U);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
  }
}

TEST(Lane, WaitsForNoMoreThanItIsTold) {
  Lane lane(LaneKind::kThread);
  std::binary_semaphore gate(0);
  lane.post([] {});
  lane.post([&] { gate.acquire(); });
  lane.wait(1);  // returns although the second has not ended
  gate.release();
  lane.wait(2);
}

TEST(Lane, ThrowsWhatATaskThrewAndRunsNoneBehindIt) {
  for (const LaneKind kind : kKinds) {
    Lane lane(kind);
    bool is_run = false;
    lane.post([] { throw Error(ErrorCode::kIntegrity, "damaged"); });
    lane.post([&] { is_run = true; });
    for (int i = 0; i < 2; ++i) EXPECT_THROW(lane.wait(lane.posted()), Error);
    lane.settle();
    EXPECT_FALSE(is_run);
  }
}

TEST(Lane, EndsWhatWasPostedBeforeItIsDestroyed) {
  int runs = 0;
  {
    Lane lane(LaneKind::kThread);
    for (int i = 0; i < 100; ++i) lane.post([&] { ++runs; });
  }
  EXPECT_EQ(runs, 100);
}

// A chunk that a task still reads is not given out again, however slow the task is.
TEST(LaneBuffers, GiveOutNoBufferThatIsInUse) {
  Lane lane(LaneKind::kThread);
  std::counting_semaphore<> gate(0);
  LaneBuffers buffers(lane);
  std::set<std::uint8_t*> given;
  for (std::uint8_t i = 0; i < 8; ++i) {
    const MutableByteView chunk = buffers.next();
    EXPECT_EQ(chunk.size(), kChunkSize);
    EXPECT_TRUE(given.insert(chunk.data()).second);
    std::ranges::fill(chunk, i);
    lane.post([&gate, chunk, i] {
      gate.acquire();
      if (chunk.front() != i || chunk.back() != i) throw Error(ErrorCode::kOther, "overwritten");
    });
  }
  gate.release(8);
  for (int i = 0; i < 100; ++i) std::ranges::fill(buffers.next(), 0xff);
  lane.wait(lane.posted());
}

TEST(LaneBuffers, KeepAsManyAsTheyAreTold) {
  for (const LaneKind kind : kKinds) {
    Lane lane(kind);
    LaneBuffers buffers(lane, 1);
    for (int i = 0; i < 20; ++i) EXPECT_NE(buffers.next().data(), buffers.next().data());
  }
}

// Sums what passes, slowly enough to be behind.
struct Sum {
  std::uint64_t total = 0;
  void update(ByteView bytes) {
    for (const std::uint8_t byte : bytes) total += byte;
  }
  [[nodiscard]] Bytes finish() const { return Bytes(1, static_cast<std::uint8_t>(total % 251)); }
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
  explicit SummingSink(Lane& lane) : sum(lane, Sum(), Work::kHmac) {}
  void write(ByteView bytes) override { sum.update(bytes); }
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
