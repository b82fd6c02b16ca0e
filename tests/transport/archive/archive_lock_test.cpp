#include "transport/archive/archive_lock.hpp"

#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <future>

namespace imgcrypt::test {
namespace {

namespace fs = std::filesystem;

class LockOfAnArchive : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path path() const { return scratch_.path() / "a.tar"; }
  [[nodiscard]] std::string beside() const { return scratch_.write("b.tar", "of the same size"); }

  ScratchFolder scratch_;
};

TEST_F(LockOfAnArchive, FindsWhatAnotherProgramDid) {
  const auto is_found = [&](const std::function<void()>& act) {
    const ArchiveLock lock(path(), {});
    EXPECT_NO_THROW(lock.require_unchanged());
    act();
    try {
      lock.require_unchanged();
    } catch (const Error&) {
      return true;
    }
    return false;
  };
  EXPECT_TRUE(is_found([&] { fs::rename(beside(), path()); })) << "created";
  EXPECT_TRUE(is_found([&] { fs::rename(beside(), path()); })) << "replaced";
  EXPECT_TRUE(is_found([&] { std::ofstream(path(), std::ios::app) << "more"; })) << "written to";
  EXPECT_TRUE(is_found([&] { fs::remove(path()); })) << "removed";
}

// Whoever waited has the lock of a file that is gone when it gets it.
TEST_F(LockOfAnArchive, IsThatOfTheFileWhichIsThereAfterTheWait) {
  for (const bool is_new : {true, false}) {
    std::promise<void> waiting;
    std::future<void> waiter;
    {
      const ArchiveLock first(path(), {});
      EXPECT_EQ(fs::exists(path()), !is_new);
      waiter = std::async(std::launch::async, [&] {
        const ArchiveLock second(path(), [&](const std::string&) { waiting.set_value(); });
        EXPECT_NO_THROW(second.require_unchanged());
      });
      waiting.get_future().wait();
      fs::rename(beside(), path());
    }
    waiter.get();
  }
}

}  // namespace
}  // namespace imgcrypt::test
