#include "transport/archive/tar/member_table.hpp"

#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"
#include "transport/archive/tar_text.hpp"

namespace imgcrypt::test {
namespace {

TEST(MemberNames, AreOnlyLookedUp) {
  EXPECT_EQ(plain_member_name("./a//b/."), "a/b");
  EXPECT_EQ(plain_member_name("/etc/passwd"), "etc/passwd");
  EXPECT_EQ(plain_member_name("a/../b"), "b");
  EXPECT_EQ(plain_member_name("../b"), std::nullopt);
  EXPECT_EQ(plain_member_name("a/../../b"), std::nullopt);
  EXPECT_EQ(plain_member_name("."), std::nullopt);
}

TEST(MemberTable, FindsContentWhereItIs) {
  const ScratchFolder folder;
  const std::string long_name(200, 'n');
  const std::string path = folder.write(
      "a.tar", tar_of({{"one", "first"}, {long_name, "second"}, {"empty", ""}, {"one", "last"}}));
  const Fd file = opened(path);
  const MemberTable table = MemberTable::read(file.get(), path);
  const auto text = [&](const std::string& name) {
    return std::string(as_text(read_range(file.get(), table.find(name).value(), 100, name)));
  };
  EXPECT_EQ(text("one"), "last");
  EXPECT_EQ(text(long_name), "second");
  EXPECT_EQ(text("empty"), "");
  EXPECT_TRUE(table.is_ambiguous("one"));
  EXPECT_FALSE(table.is_ambiguous("empty"));
  EXPECT_EQ(table.find("two"), std::nullopt);
}

TEST(MemberTable, RefusesWhatEndsTooEarly) {
  const ScratchFolder folder;
  const std::string tar = tar_of({{"one", std::string(5000, 'x')}});
  const std::string path = folder.write("a.tar", tar.substr(0, 2000));
  const Fd file = opened(path);
  EXPECT_EQ(error_of([&] { (void)MemberTable::read(file.get(), path); }), ErrorCode::kIntegrity);
}

}  // namespace
}  // namespace imgcrypt::test
