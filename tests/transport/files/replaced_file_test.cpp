#include "support/in_child.hpp"
#include "support/scratch_folder.hpp"
#include "transport/files/owner_and_mode.hpp"
#include "transport/files/pending_file.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <string>

namespace imgcrypt::test {
namespace {

constexpr uid_t kOwner = 1000;
constexpr gid_t kGroup = 1001;
constexpr uid_t kSomebody = 65534;

class ReplacedFile : public ::testing::Test {
 protected:
  struct stat replaced(mode_t mode) {
    const std::string path = scratch_.write("file", "old");
    EXPECT_EQ(::geteuid() == 0 ? ::chown(path.c_str(), kOwner, kGroup) : 0, 0);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return status();
  }
  [[nodiscard]] struct stat status() const {
    struct stat status = {};
    EXPECT_EQ(::stat((scratch_.path() / "file").c_str(), &status), 0);
    return status;
  }
  [[nodiscard]] Fd folder() const { return Fd(::open(scratch_.path().c_str(), O_RDONLY | O_DIRECTORY)); }

  ScratchFolder scratch_;
};

TEST_F(ReplacedFile, LeavesItsOwnerAndMode) {
  for (const auto create : {&PendingFile::create, &PendingFile::create_named}) {
    for (const mode_t mode : {0600U, 0640U, 0664U, 0444U}) {
      const struct stat old = replaced(mode);
      const Fd directory = folder();
      EXPECT_FALSE(create(directory, "folder", kNewFileMode).link(directory, "file"));
      EXPECT_NE(status().st_ino, old.st_ino);
      EXPECT_EQ(status().st_mode, old.st_mode);
      EXPECT_EQ(status().st_uid, old.st_uid);
      EXPECT_EQ(status().st_gid, old.st_gid);
    }
  }
}

// Of somebody who may not give files away: the group that is now theirs gets no more than others had.
TEST_F(ReplacedFile, IsNeverReadableByMoreThanBefore) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto mode_after = [](const struct stat& old) {
    const Fd file(::open("/tmp", O_TMPFILE | O_RDWR, 0666));
    if (::fchown(file.get(), kSomebody, kSomebody) != 0 || ::setgroups(0, nullptr) != 0 ||
        ::setgid(kSomebody) != 0 || ::setuid(kSomebody) != 0)
      return std::string("cannot become somebody else");
    keep_owner_and_mode(file.get(), old);
    struct stat status = {};
    ::fstat(file.get(), &status);
    return std::to_string(status.st_mode & 0777U);
  };
  const struct stat narrow = replaced(0660);
  const struct stat open = replaced(0664);
  EXPECT_EQ(in_child([&] { return mode_after(narrow); }), std::to_string(0600));
  EXPECT_EQ(in_child([&] { return mode_after(open); }), std::to_string(0644));
}

}  // namespace
}  // namespace imgcrypt::test
