#include "base/process/child_process.hpp"
#include "base/process/orphans.hpp"
#include "support/process_group.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace imgcrypt {
namespace {

using namespace test;

// A process with a program that hangs, of its own process group; both are killed in the end.
class Victim {
 public:
  Victim() : child_(::fork()) {
    const Orphans adopted;
    if (child_ == 0) run();
    ::setpgid(child_, child_);
    pipe_.write_end.reset();
    if (::read(pipe_.read_end.get(), &program_, sizeof program_) != sizeof program_) program_ = 0;
  }
  ~Victim() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    if (program_ > 0) ::kill(-program_, SIGKILL);
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return child_; }
  [[nodiscard]] pid_t program() const noexcept { return program_; }

 private:
  [[noreturn]] void run() {
    ::setpgid(0, 0);
    DeathWatch watch;
    ChildProcess program({"sh", {"-c", "echo $$; sleep 100"}}, {}, watch);
    const pid_t pid = std::stoi(std::string(as_text(program.ask({}).expose())));
    if (::write(pipe_.write_end.get(), &pid, sizeof pid) != sizeof pid) ::_exit(1);
    while (true) ::pause();
  }

  Pipe pipe_ = make_pipe();
  pid_t child_;
  pid_t program_ = 0;
};

TEST(DeathWatch, KillsThePrograms) {
  const Victim victim;
  ASSERT_GT(victim.program(), 0);
  ::kill(victim.pid(), SIGKILL);
  EXPECT_TRUE(ends(victim.program()));
}

TEST(DeathWatch, OutlivesTheProcessGroupThatItWatches) {
  const Victim victim;
  ASSERT_GT(victim.program(), 0);
  ::kill(-victim.pid(), SIGKILL);
  EXPECT_TRUE(ends(victim.program()));
}

TEST(DeathWatch, ForgetsWhatEndedWithoutHarm) {
  pid_t bystander = -1;
  {
    DeathWatch watch;
    const Pipe pipe = make_pipe();
    bystander = spawn({"sleep", {"100"}}, pipe.read_end, pipe.write_end, pipe.write_end, watch);
    watch.remove(bystander);
  }
  EXPECT_EQ(::waitpid(bystander, nullptr, WNOHANG), 0) << "it was killed";
  ::kill(bystander, SIGKILL);
  ::waitpid(bystander, nullptr, 0);
}

TEST(DeathWatch, EndsWithItsObject) {
  while (::waitpid(-1, nullptr, 0) > 0) continue;  // orphans of other tests
  {
    const DeathWatch watch;
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
  EXPECT_EQ(errno, ECHILD);
}

// Whoever reads our output must not wait for the watch: it keeps none of our descriptors.
TEST(DeathWatch, HoldsNoDescriptorOfOurs) {
  Pipe pipe = make_pipe();
  const DeathWatch watch;
  pipe.write_end.reset();
  std::array<std::uint8_t, 1> byte{};
  EXPECT_EQ(::read(pipe.read_end.get(), byte.data(), byte.size()), 0);
}

}  // namespace
}  // namespace imgcrypt
