#include "cli/terminal/progress_text.hpp"

#include <gmock/gmock.h>

namespace imgcrypt::cli {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
const ProgressClock::time_point kStart;

BlobProgress blob(std::uint64_t size, std::uint64_t moved, BlobState state, milliseconds time) {
  return {"layer 0", size, moved, state, kStart, kStart + time};
}

TEST(StatusText, TellsRateAndTimeLeft) {
  EXPECT_EQ(status_text(blob(600 * kMiB, 270 * kMiB, BlobState::kMoving, milliseconds(1350))),
            "45 %, 270.0 of 600.0 MiB, 200.0 MiB/s, 0:02 left");
  EXPECT_EQ(status_text(blob(600 * kMiB, 600 * kMiB, BlobState::kDone, milliseconds(3000))),
            "600.0 MiB in 3.0 s, 200.0 MiB/s");
}

TEST(StatusText, TellsNoRateBeforeTheFirstByte) {
  EXPECT_EQ(status_text(blob(kMiB, 0, BlobState::kMoving, milliseconds(6000))), "0 %, 0.0 of 1.0 MiB");
}

TEST(StatusText, TellsNoRateOfSmallBlobs) {
  EXPECT_EQ(status_text(blob(1200, 1200, BlobState::kDone, milliseconds(3000))), "1.2 KiB");
}

TEST(StatusText, KnowsWhatWasThereAlready) {
  EXPECT_TRUE(was_there(blob(kMiB, 0, BlobState::kDone, milliseconds(100))));
  EXPECT_FALSE(was_there(blob(kMiB, 0, BlobState::kMoving, milliseconds(100))));
  EXPECT_FALSE(was_there(blob(kMiB, kMiB, BlobState::kDone, milliseconds(100))));
  EXPECT_FALSE(was_there(blob(0, 0, BlobState::kDone, milliseconds(100))));
}

ProgressSnapshot snapshot_of(std::vector<BlobProgress> blobs, milliseconds time) {
  ProgressSnapshot snapshot;
  snapshot.taken = kStart + time;
  snapshot.planned_blobs = blobs.size();
  for (const BlobProgress& one : blobs) snapshot.planned_bytes += one.size;
  snapshot.blobs = std::move(blobs);
  return snapshot;
}

TEST(Bars, HaveBytesRateAndTimeLeft) {
  const auto snapshot =
      snapshot_of({blob(100 * kMiB, 50 * kMiB, BlobState::kMoving, milliseconds(5000))}, milliseconds(5000));
  const std::vector<std::string> lines = draw_bars(snapshot, {80, 24});
  EXPECT_THAT(
      lines, ElementsAre(MatchesRegex("layer 0 .*\\[=+> *\\]  50%    50\\.0/100\\.0 MiB +10\\.0 MiB/s +0:05"),
                         MatchesRegex("total: 0 of 1.* 50%.* 10\\.0 MiB/s +0:05")));
}

TEST(Bars, PromiseNoTimeAtTheBeginning) {
  const auto snapshot =
      snapshot_of({blob(1024 * kMiB, 1000, BlobState::kMoving, milliseconds(1000))}, milliseconds(1000));
  EXPECT_THAT(draw_bars(snapshot, {80, 24}).front(), MatchesRegex(".*1000 B/s *"));
}

TEST(Bars, AreNeverAsWideAsTheTerminal) {
  const auto snapshot =
      snapshot_of({blob(kMiB, kMiB / 2, BlobState::kMoving, milliseconds(1000))}, milliseconds(1000));
  for (unsigned columns = 20; columns < 250; ++columns) {
    for (const std::string& line : draw_bars(snapshot, {columns, 24})) EXPECT_LT(line.size(), columns);
  }
}

TEST(Bars, SumUpWhatDoesNotFit) {
  const auto snapshot =
      snapshot_of(std::vector<BlobProgress>(60, blob(2 * kMiB, kMiB, BlobState::kMoving, milliseconds(1000))),
                  milliseconds(1000));
  const std::vector<std::string> lines = draw_bars(snapshot, {80, 10});
  ASSERT_EQ(lines.size(), 9U);
  EXPECT_THAT(lines[7], HasSubstr("and 53 more"));
  EXPECT_THAT(lines[7], HasSubstr("53.0/106.0 MiB"));
}

}  // namespace
}  // namespace imgcrypt::cli
