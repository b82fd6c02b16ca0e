#include "node/daemons/running_containerd.hpp"

#include "node/daemons/containerd_version.hpp"
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace imgcrypt {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

class RunningContainerdTest : public testing::Test {
 protected:
  RunningContainerdTest() {
    link("self/ns/mnt", "mnt:[1]");
    link("self/root", "/");
  }

  void link(const std::string& name, const std::string& target) {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::filesystem::create_symlink(target, path);
  }

  // `command_line` has blanks where procfs has NUL.
  void add_process(const std::string& pid, const std::string& program, std::string command_line,
                   const std::string& mounts = "mnt:[1]", const std::string& root = "/") {
    std::ranges::replace(command_line, ' ', '\0');
    folder_.write(pid + "/cmdline", command_line + '\0');
    folder_.write(pid + "/environ", std::string("HOME=/\0PATH=/bin:/opt\0", 21));
    folder_.write(pid + "/status", "Name:\tx\nUid:\t1000\t0\t0\t0\n");
    link(pid + "/root", root);
    link(pid + "/exe", program);
    link(pid + "/cwd", "/work");
    link(pid + "/ns/mnt", mounts);
  }

  [[nodiscard]] std::vector<RunningContainerd> found() const { return running_containerds(folder_.path()); }

  ScratchFolder folder_;
};

TEST_F(RunningContainerdTest, HasWhatItsProcessShows) {
  add_process("7", "/usr/bin/containerd", "/usr/bin/containerd");
  ASSERT_EQ(found().size(), 1U);
  const RunningContainerd containerd = found()[0];
  EXPECT_EQ(containerd.pid, 7);
  EXPECT_EQ(containerd.user, 1000U);
  EXPECT_EQ(containerd.program, "/usr/bin/containerd");
  EXPECT_EQ(containerd.config_file, "/etc/containerd/config.toml");
  EXPECT_EQ(containerd.owner, ContainerdOwner::kSystem);
  EXPECT_THAT(containerd.search_path, Optional(std::string("/bin:/opt")));
  EXPECT_EQ(containerd.working_directory, "/work");
  EXPECT_EQ(containerd.root, std::nullopt);
  EXPECT_TRUE(containerd.shares_our_mounts);
  EXPECT_EQ(containerd.path_for_us("/etc/x"), "/etc/x");
}

TEST_F(RunningContainerdTest, ReadsItsArgumentsInEachForm) {
  add_process("7", "/bin/containerd",
              "containerd --config x.toml -log-level=debug --root=/r -state /s -a /sock");
  add_process("8", "/bin/containerd", "containerd -c=/y.toml -l info");
  const auto all = found();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].config_file, "/work/x.toml");
  EXPECT_THAT(all[0].root, Optional(std::string("/r")));
  EXPECT_THAT(all[0].state, Optional(std::string("/s")));
  EXPECT_THAT(all[0].address, Optional(std::string("/sock")));
  EXPECT_EQ(all[1].config_file, "/y.toml");
}

TEST_F(RunningContainerdTest, TellsWhoStartsIt) {
  add_process("1", "/bin/containerd", "containerd --config /var/run/docker/containerd/containerd.toml");
  add_process("2", "/k3s/bin/k3s", "containerd -c /var/lib/rancher/k3s/agent/etc/containerd/config.toml");
  add_process("3", "/bin/containerd", "containerd -c /var/lib/rancher/rke2/agent/etc/containerd/config.toml");
  std::vector<ContainerdOwner> owners;
  for (const RunningContainerd& containerd : found()) owners.push_back(containerd.owner);
  EXPECT_THAT(owners, ElementsAre(ContainerdOwner::kDocker, ContainerdOwner::kK3s, ContainerdOwner::kRke2));
}

TEST_F(RunningContainerdTest, LeavesOutWhatIsNoDaemon) {
  add_process("1", "/bin/containerd-shim-runc-v2", "/usr/bin/containerd-shim-runc-v2 -id 1");
  add_process("2", "/bin/containerd", "containerd --config /x config dump");
  add_process("3", "/bin/ctr", "ctr images ls");
  folder_.write("4/cmdline", "");  // of the kernel, or ended
  folder_.write("version", "Linux");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(RunningContainerdTest, LooksIntoItsMountNamespace) {
  add_process("9", "/bin/containerd (deleted)", "containerd", "mnt:[2]");
  ASSERT_EQ(found().size(), 1U);
  EXPECT_EQ(found()[0].program, "/bin/containerd");
  EXPECT_FALSE(found()[0].shares_our_mounts);
  EXPECT_EQ(found()[0].path_for_us("/etc/x"), "/proc/9/root/etc/x");
}

TEST_F(RunningContainerdTest, LooksIntoItsRoot) {
  add_process("9", "/jail/containerd", "containerd", "mnt:[1]", "/jail");
  ASSERT_EQ(found().size(), 1U);
  EXPECT_FALSE(found()[0].shares_our_mounts);
}

TEST_F(RunningContainerdTest, NeverStartsWhatOthersPutThere) {
  RunningContainerd containerd;
  containerd.pid = ::getpid();
  containerd.user = ::geteuid();
  EXPECT_EQ(error_of([&] { (void)ask_version(containerd); }), ErrorCode::kRefused);  // of other mounts
  containerd.shares_our_mounts = true;
  containerd.user = 12345;
  EXPECT_EQ(error_of([&] { (void)ask_version(containerd); }), ErrorCode::kRefused);
}

TEST(ContainerdVersionTest, ReadsVersions) {
  EXPECT_THAT(parse_containerd_version("1.6"), Optional(ContainerdVersion{1, 6}));
  EXPECT_THAT(parse_containerd_version("1.6.20~ds1"), Optional(ContainerdVersion{1, 6}));
  EXPECT_THAT(parse_containerd_version("v2.1.0-rc.1"), Optional(ContainerdVersion{2, 1}));
  EXPECT_THAT(parse_containerd_version("2.1+"), Optional(ContainerdVersion{2, 1}));
  EXPECT_THAT(parse_containerd_version("2.4-beta"), Optional(ContainerdVersion{2, 4}));
  for (const char* text : {"", "1", "1.", "a.b", "1.6x", "-1.6", "github.com/containerd/containerd", "1.6 "})
    EXPECT_EQ(parse_containerd_version(text), std::nullopt) << text;
}

TEST(ContainerdVersionTest, SaysWhichConfigurationIsRead) {
  EXPECT_EQ((ContainerdVersion{1, 7}.config_version()), 2);
  EXPECT_EQ((ContainerdVersion{2, 0}.config_version()), 3);
}

}  // namespace
}  // namespace imgcrypt
