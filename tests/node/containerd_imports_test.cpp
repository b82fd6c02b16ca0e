#include "node/daemons/containerd_imports.hpp"

#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imgcrypt {
namespace {

using namespace test;

const std::string kPattern = "/etc/containerd/conf.d/imgcrypt*.toml";

std::string with(const std::string& text) { return with_import(text, kPattern, "config.toml"); }
std::string without(const std::string& text) { return without_import(text, kPattern, "config.toml"); }

struct Edit {
  std::string before;
  std::string after;
};

class ContainerdImportsTest : public testing::TestWithParam<Edit> {};

TEST_P(ContainerdImportsTest, AddsTheImportAndTakesItAway) {
  EXPECT_EQ(with(GetParam().before), GetParam().after);
  EXPECT_EQ(without(GetParam().after), GetParam().before);
}

const std::string kList = "[\"" + kPattern + "\"]";
const std::string kLine = "imports = " + kList;

INSTANTIATE_TEST_SUITE_P(
    Texts, ContainerdImportsTest,
    testing::Values(
        Edit{"", kLine + "\n"}, Edit{"# mine\n[grpc]\n", kLine + "\n# mine\n[grpc]\n"},
        Edit{"version = 2\n", "version = 2\n" + kLine + "\n"}, Edit{"version = 2", "version = 2\n" + kLine},
        Edit{"root = '/r' # é\n version=3 # three\n\n[grpc]\n",
             "root = '/r' # é\n version=3 # three\n" + kLine + "\n\n[grpc]\n"},
        Edit{"version = 2\r\n[grpc]\r\n", "version = 2\r\n" + kLine + "\r\n[grpc]\r\n"},
        Edit{"\xEF\xBB\xBF# mine\n", "\xEF\xBB\xBF" + kLine + "\n# mine\n"},
        Edit{"imports = []\n", "imports = [\"" + kPattern + "\",]\n"},
        Edit{"imports = [ ]\n", "imports = [\"" + kPattern + "\", ]\n"},
        Edit{"\"imports\" = ['/a.toml'] # x\n", "\"imports\" = [\"" + kPattern + "\", '/a.toml'] # x\n"},
        Edit{"imports = [\n  # none\n]\n", "imports = [\"" + kPattern + "\",\n  # none\n]\n"},
        Edit{"temp = \"é日本\"\nimports = [\"/a*.toml\",\n\"b\",]\n[grpc]\n",
             "temp = \"é日本\"\nimports = [\"" + kPattern + "\", \"/a*.toml\",\n\"b\",]\n[grpc]\n"},
        Edit{"x = \"\"\"\nversion = 9\n\"\"\"\nversion = 2\n",
             "x = \"\"\"\nversion = 9\n\"\"\"\nversion = 2\n" + kLine + "\n"}));

TEST(ContainerdImportsTest, KeepsWhatWasChangedMeanwhile) {
  EXPECT_EQ(without("version = 3\nimports = [\"" + kPattern + "\", \"/x.toml\"]\noom_score = 1\n"),
            "version = 3\nimports = [\"/x.toml\"]\noom_score = 1\n");
  EXPECT_EQ(without("# new\nversion = 2\n" + kLine + "\n[grpc]\n"), "# new\nversion = 2\n[grpc]\n");
}

TEST(ContainerdImportsTest, LeavesATextWithoutTheImport) {
  EXPECT_EQ(without("imports = [\"/x\"]\n"), "imports = [\"/x\"]\n");
}

TEST(ContainerdImportsTest, RefusesWhatItCannotEdit) {
  for (const char* text : {"version = ", "imports = \"/x.toml\"\n", "imports = [1]\n", "[a]\n[a]\n"})
    EXPECT_EQ(error_of([&] { (void)with(text); }), ErrorCode::kRefused) << text;
  // Moved, or written in another way.
  for (const std::string& text :
       {"imports = [\"/x\", \"" + kPattern + "\"]\n", "imports = ['" + kPattern + "']\n"})
    EXPECT_EQ(error_of([&] { (void)without(text); }), ErrorCode::kRefused) << text;
}

}  // namespace
}  // namespace imgcrypt
