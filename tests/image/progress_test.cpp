#include "image/progress.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace imgcrypt::test {
namespace {

TEST(Progress, CountsWhatIsRead) {
  Progress progress;
  progress.plan(2, 10);
  MovingBlob blob(progress, "layer 0", 4);
  MemorySource memory(Bytes(4, 'x'));
  CountingSource counted(memory, blob);
  EXPECT_EQ(drain(counted), 4U);
  const ProgressSnapshot moving = progress.snapshot();
  EXPECT_EQ(moving.planned_blobs, 2U);
  EXPECT_EQ(moving.planned_bytes, 10U);
  ASSERT_EQ(moving.blobs.size(), 1U);
  EXPECT_EQ(moving.blobs[0].place, "layer 0");
  EXPECT_EQ(moving.blobs[0].moved, 4U);
  EXPECT_EQ(moving.blobs[0].state, BlobState::kMoving);
  EXPECT_EQ(moving.blobs[0].ended, moving.taken);
  blob.finish();
  EXPECT_EQ(progress.snapshot().blobs[0].state, BlobState::kDone);
}

TEST(Progress, CountsWhatIsSentWhereThatIsKnown) {
  Progress progress;
  MovingBlob blob(progress, "layer 0", 4);
  const auto moved = [&] { return progress.snapshot().blobs[0].moved; };
  blob.set_sent(0);
  blob.add(4);
  EXPECT_EQ(moved(), 0U);
  blob.set_sent(3);
  EXPECT_EQ(moved(), 3U);
  blob.set_sent(1);  // a part is sent again
  EXPECT_EQ(moved(), 1U);
  blob.finish();
  EXPECT_EQ(moved(), 4U);
}

TEST(Progress, TellsWhatWasStoppedFromWhatIsDone) {
  Progress progress;
  {
    MovingBlob done(progress, "done", 1);
    done.finish();
    const MovingBlob stopped(progress, "stopped", 1);
  }
  const ProgressSnapshot snapshot = progress.snapshot();
  EXPECT_EQ(snapshot.blobs[0].state, BlobState::kDone);
  EXPECT_EQ(snapshot.blobs[1].state, BlobState::kStopped);
}

TEST(Progress, TakesBlobsOfSeveralThreads) {
  Progress progress;
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (unsigned j = 0; j < 100; ++j) {
          MovingBlob blob(progress, "layer", 2);
          blob.add(2);
          blob.finish();
          (void)progress.snapshot();
        }
      });
    }
  }
  const ProgressSnapshot snapshot = progress.snapshot();
  EXPECT_EQ(snapshot.blobs.size(), 400U);
  for (const BlobProgress& blob : snapshot.blobs) EXPECT_EQ(blob.moved, 2U);
}

TEST(Progress, AddsUpStagesOfOneName) {
  Progress progress;
  using Seconds = std::chrono::duration<double>;
  progress.add_stage({"move", Seconds(1), Seconds(2)});
  progress.add_stage({"commit", Seconds(3), Seconds(0)});
  progress.add_stage({"move", Seconds(4), Seconds(5)});
  const std::vector<StageTime> stages = progress.stages();
  ASSERT_EQ(stages.size(), 2U);
  EXPECT_EQ(stages[0].name, "move");
  EXPECT_EQ(stages[0].wall, Seconds(5));
  EXPECT_EQ(stages[0].cpu, Seconds(7));
}

}  // namespace
}  // namespace imgcrypt::test
