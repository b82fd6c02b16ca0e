#include "streamproc/stdout_holder.hpp"

#include "base/process/pipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <string>

namespace imgcrypt::streamproc {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A decoder in a process of its own, whose stdout we read as containerd does. Its process group is its own.
class Decoder {
 public:
  explicit Decoder(const std::function<void(StdoutHolder&)>& decode) : child_(::fork()) {
    if (child_ == 0) {
      ::setpgid(0, 0);
      ::dup2(stdout_.write_end.get(), STDOUT_FILENO);
      ::dup2(stderr_.write_end.get(), STDERR_FILENO);
      stdout_.write_end.reset();
      stderr_.write_end.reset();
      StdoutHolder holder;
      ready_.write_end.reset();
      decode(holder);
      ::_exit(1);
    }
    stdout_.write_end.reset();
    stderr_.write_end.reset();
    ready_.write_end.reset();
    EXPECT_TRUE(ends_within(ready_.read_end, 10s)) << "the holder keeps more than stdout and stderr";
  }
  ~Decoder() { (void)reap(); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return child_; }
  // Its exit status, 128 and the number of the signal that ended it.
  int reap() {
    if (child_ < 0) return -1;
    int status = 0;
    ::waitpid(std::exchange(child_, -1), &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  void wait_until_dead() const {
    siginfo_t info = {};
    ::waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOWAIT);
  }
  // All that is written there, until nobody holds it. The decoder itself is not reaped for that.
  [[nodiscard]] std::string read_stderr() const {
    std::string text;
    char buffer[4096];
    for (ssize_t size = 0; (size = ::read(stderr_.read_end.get(), buffer, sizeof(buffer))) > 0;)
      text.append(buffer, static_cast<std::size_t>(size));
    return text;
  }
  // Nothing was ever written, so that reading tells of the end.
  [[nodiscard]] bool stdout_ends_within(std::chrono::milliseconds time) const {
    return ends_within(stdout_.read_end, time);
  }

 private:
  static bool ends_within(const Fd& pipe, std::chrono::milliseconds time) {
    pollfd entry = {pipe.get(), POLLIN, 0};
    return ::poll(&entry, 1, static_cast<int>(time.count())) == 1 && (entry.revents & POLLHUP) != 0;
  }

  Pipe stdout_ = make_pipe();
  Pipe stderr_ = make_pipe();
  Pipe ready_ = make_pipe();  // ends when the holder is at work, and holds nothing but these two
  pid_t child_;
};

void fail_silently(StdoutHolder&) { ::_exit(1); }

TEST(StdoutHolder, LetsStdoutEndAtOnceAfterSuccess) {
  Decoder decoder([](StdoutHolder& holder) {
    holder.succeed();
    ::_exit(0);
  });
  decoder.wait_until_dead();
  EXPECT_TRUE(decoder.stdout_ends_within(0ms));
  EXPECT_EQ(decoder.reap(), 0);
}

TEST(StdoutHolder, IsGoneWhenSuccessIsReported) {
  Decoder decoder([](StdoutHolder& holder) {
    holder.succeed();
    ::_exit(::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD ? 0 : 1);
  });
  EXPECT_EQ(decoder.reap(), 0);
}

TEST(StdoutHolder, HoldsStdoutUntilAFailedDecoderIsReaped) {
  Decoder decoder(fail_silently);
  decoder.wait_until_dead();
  EXPECT_FALSE(decoder.stdout_ends_within(200ms));
  const auto reaped = Clock::now();
  EXPECT_EQ(decoder.reap(), 1);
  EXPECT_TRUE(decoder.stdout_ends_within(1500ms));
  EXPECT_GE(Clock::now() - reaped, 45ms);
}

TEST(StdoutHolder, HoldsStdoutOfADecoderThatWasKilled) {
  Decoder decoder([](StdoutHolder&) { ::pause(); });
  ::kill(decoder.pid(), SIGKILL);
  decoder.wait_until_dead();
  EXPECT_FALSE(decoder.stdout_ends_within(200ms));
  EXPECT_EQ(decoder.reap(), 128 + SIGKILL);
  EXPECT_TRUE(decoder.stdout_ends_within(1500ms));
}

TEST(StdoutHolder, SaysThatTheDecoderWasKilledAndLetsGoOfStderrFirst) {
  Decoder decoder([](StdoutHolder&) { ::pause(); });
  ::kill(decoder.pid(), SIGKILL);
  EXPECT_THAT(decoder.read_stderr(),
              testing::StartsWith("ctd-decoder: error: killed before the layer was done"));
  EXPECT_FALSE(decoder.stdout_ends_within(200ms));
}

TEST(StdoutHolder, SaysNothingAfterAFailureThatWasTold) {
  Decoder decoder([](StdoutHolder& holder) {
    holder.failure_is_told();
    ::_exit(1);
  });
  EXPECT_EQ(decoder.read_stderr(), "");
  EXPECT_FALSE(decoder.stdout_ends_within(200ms));
}

TEST(StdoutHolder, DoesNotWaitForAReaderOfStderr) {
  Decoder decoder([](StdoutHolder&) {
    ::fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
    while (::write(STDERR_FILENO, "fill", 4) > 0) continue;
    ::fcntl(STDERR_FILENO, F_SETFL, 0);
    ::kill(::getpid(), SIGKILL);
  });
  decoder.wait_until_dead();
  EXPECT_EQ(decoder.reap(), 128 + SIGKILL);
  EXPECT_TRUE(decoder.stdout_ends_within(1500ms));
}

// As a terminal or a service manager would end it.
TEST(StdoutHolder, OutlivesSignalsToTheWholeGroup) {
  Decoder decoder([](StdoutHolder&) { ::pause(); });
  ::kill(-decoder.pid(), SIGTERM);
  decoder.wait_until_dead();
  EXPECT_FALSE(decoder.stdout_ends_within(200ms));
  EXPECT_EQ(decoder.reap(), 128 + SIGTERM);
}

TEST(StdoutHolder, OutlivesAKillOfTheWholeGroup) {
  for (int i = 0; i < 200; ++i) {
    Decoder decoder([](StdoutHolder&) { ::pause(); });
    ::kill(-decoder.pid(), SIGKILL);
    decoder.wait_until_dead();
    ASSERT_FALSE(decoder.stdout_ends_within(5ms)) << i;
    EXPECT_EQ(decoder.reap(), 128 + SIGKILL);
    ASSERT_FALSE(decoder.stdout_ends_within(5ms)) << i;
  }
}

TEST(StdoutHolder, GivesUpOnAParentThatNeverReaps) {
  const Decoder decoder(fail_silently);
  decoder.wait_until_dead();
  EXPECT_FALSE(decoder.stdout_ends_within(1s));
  EXPECT_TRUE(decoder.stdout_ends_within(5s));
}

}  // namespace
}  // namespace imgcrypt::streamproc
