#include "node/daemons/containerd_config.hpp"

#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

class ContainerdConfigTest : public testing::Test {
 protected:
  void write(const std::string& file, const std::string& text) { folder_.write(file, text); }
  [[nodiscard]] ContainerdConfig read() const {
    return read_containerd_config("/etc/config.toml", folder_.path());
  }

  ScratchFolder folder_;
};

TEST_F(ContainerdConfigTest, IsEmptyWithoutAFile) {
  const ContainerdConfig config = read();
  EXPECT_THAT(config.files, IsEmpty());
  EXPECT_EQ(config.version, std::nullopt);
  EXPECT_THAT(config.processors, IsEmpty());
}

TEST_F(ContainerdConfigTest, ReadsWhatIsImported) {
  write("etc/config.toml",
        "version = 2\nroot = '/r'\nimports = ['/etc/d/*.toml', 'own.toml']\n"
        "[stream_processors.a]\naccepts = ['x']\npath = 'main'\nenv = ['A=B']\n");
  write("etc/d/2.toml", "[stream_processors.a]\npath = 'two'\n");
  write("etc/d/1.toml",
        "root = '/one'\n[stream_processors.b]\naccepts = ['y']\nargs = ['-k']\nreturns = 'z'\n");
  write("etc/d/no.conf", "not read");
  write("etc/own.toml", "imports = ['/etc/config.toml', 'd/1.toml']\n");
  const ContainerdConfig config = read();
  EXPECT_THAT(config.files,
              ElementsAre("/etc/config.toml", "/etc/d/1.toml", "/etc/d/2.toml", "/etc/own.toml"));
  EXPECT_THAT(config.version, Optional(2));
  EXPECT_EQ(config.root, "/one");
  ASSERT_EQ(config.processors.size(), 2U);
  EXPECT_EQ(config.processors[0].name, "b");
  EXPECT_THAT(config.processors[0].accepts, ElementsAre("y"));
  EXPECT_THAT(config.processors[0].arguments, ElementsAre("-k"));
  EXPECT_EQ(config.processors[0].returns, "z");
  EXPECT_EQ(config.processors[0].file, "/etc/d/1.toml");
  // Replaced as a whole, not member by member.
  EXPECT_EQ(config.processors[1].path, "two");
  EXPECT_THAT(config.processors[1].accepts, IsEmpty());
}

TEST_F(ContainerdConfigTest, KnowsWhatIsImported) {
  write("etc/config.toml", "imports = ['/etc/d/*.toml', 'own.toml']\n");
  write("etc/own.toml", "");
  const ContainerdConfig config = read();
  EXPECT_TRUE(imports_file(config, "/etc/d/new.toml"));
  EXPECT_TRUE(imports_file(config, "/etc/own.toml"));
  EXPECT_FALSE(imports_file(config, "/etc/d/e/new.toml"));
  EXPECT_FALSE(imports_file(config, "/etc/d/new.conf"));
}

TEST_F(ContainerdConfigTest, TakesTheDirectoryAboveLiterally) {
  const std::string below = folder_.path() / "a[b]*";
  write("a[b]*/etc/config.toml", "imports = ['/etc/d/*.toml']\n");
  write("a[b]*/etc/d/1.toml", "root = '/one'\n");
  EXPECT_EQ(read_containerd_config("/etc/config.toml", below).root, "/one");
}

TEST_F(ContainerdConfigTest, RefusesWhatIsWrong) {
  for (const char* text :
       {"imports = ['missing.toml']\n", "version = ", "imports = 1\n", "stream_processors = 1\n",
        "[stream_processors]\na = 1\n", "[stream_processors.a]\naccepts = 'x'\n", "root = 1\n"}) {
    write("etc/config.toml", text);
    EXPECT_EQ(error_of([&] { (void)read(); }), ErrorCode::kRefused) << text;
  }
}

}  // namespace
}  // namespace imgcrypt
