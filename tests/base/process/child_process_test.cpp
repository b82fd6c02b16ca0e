#include "base/process/child_process.hpp"

#include "base/process/orphans.hpp"
#include "support/process_group.hpp"
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace imgcrypt {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

// Far above any deadline here, far below what a program sleeps that was not killed.
constexpr auto kGenerous = 20s;

class ChildProcessTest : public testing::Test {
 protected:
  ChildProcessTest() : start_(std::chrono::steady_clock::now()) { std::signal(SIGPIPE, SIG_IGN); }
  void TearDown() override { EXPECT_LT(std::chrono::steady_clock::now() - start_, kGenerous); }

  ChildProcess shell(const std::string& script) {
    return ChildProcess({"sh", {"-c", script}}, limits_, watch_);
  }

  std::string output_of(const std::string& script, std::string_view input = {}) {
    return std::string(as_text(shell(script).finish(as_bytes(input)).expose()));
  }

  std::string failure_of(const std::string& script, std::string_view input = {}) {
    try {
      (void)output_of(script, input);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kOther);
      return error.message();
    }
    ADD_FAILURE() << script << " did not fail";
    return {};
  }

  ProgramLimits limits_{.time = 10s};
  DeathWatch watch_;

 private:
  std::chrono::steady_clock::time_point start_;
};

TEST_F(ChildProcessTest, GivesTheInputAndItsEndAndTakesAllOutput) {
  EXPECT_EQ(output_of("cat; echo end", "one\ntwo"), "one\ntwoend\n");
  EXPECT_EQ(output_of("cat"), "");
  const std::string large(500'000, 'x');
  EXPECT_EQ(output_of("cat", large), large);
}

TEST_F(ChildProcessTest, DropsStderrOfWhatWorked) { EXPECT_EQ(output_of("echo no >&2; echo yes"), "yes\n"); }

TEST_F(ChildProcessTest, NeedNotHaveItsInputRead) {
  EXPECT_EQ(output_of("echo done", std::string(500'000, 'x')), "done\n");
  EXPECT_EQ(output_of("exec <&-; sleep 0.1; echo done", std::string(500'000, 'x')), "done\n");
}

TEST_F(ChildProcessTest, BoundsTheOutputToTheByte) {
  limits_.output = 10'000;
  EXPECT_EQ(output_of("head -c 9999 /dev/zero").size(), 9'999U);
  EXPECT_THAT(failure_of("head -c 10001 /dev/zero"), HasSubstr("longer than 10000 bytes"));
  EXPECT_THAT(failure_of("cat /dev/zero"), HasSubstr("longer than 10000 bytes"));
}

TEST_F(ChildProcessTest, TakesAnAnswerOfExactlyTheLimit) {
  limits_.output = 10'000;
  EXPECT_EQ(output_of("head -c 10000 /dev/zero").size(), 10'000U);
}

TEST_F(ChildProcessTest, TellsHowItEnded) {
  EXPECT_THAT(failure_of("exit 3"), "sh: it ended with exit status 3");
  EXPECT_THAT(failure_of("kill -SEGV $$"), "sh: it was killed by signal 11");
  EXPECT_THAT(failure_of("echo answer; echo 'the safe is' >&2; echo locked >&2; exit 1"),
              "sh: it ended with exit status 1: the safe is locked");
}

TEST_F(ChildProcessTest, ShowsTheBeginningOfALongComplaint) {
  const std::string message = failure_of("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1");
  EXPECT_THAT(message, AllOf(HasSubstr("exit status 1: xxx"), testing::EndsWith("x...")));
  EXPECT_LT(message.size(), 3'000U);
}

TEST_F(ChildProcessTest, EndsAtItsDeadline) {
  limits_.time = 200ms;
  for (const char* script :
       {"exec sleep 100", "sleep 100", "exec <&-; exec sleep 100", "echo early; exec >&-; exec sleep 100",
        "exec <&- >&- 2>&-; exec sleep 100", "kill -STOP $$", "trap '' TERM INT HUP; sleep 100",
        "cat /dev/zero >&2", "while true; do echo x >&2; done"}) {
    EXPECT_THAT(failure_of(script, std::string(500'000, 'x')), HasSubstr("no answer within 200 ms"))
        << script;
  }
}

TEST_F(ChildProcessTest, DoesNotWaitForWhatItLeftBehind) {
  limits_.time = 1h;
  EXPECT_EQ(output_of("sleep 100 & echo answer"), "answer\n");
  EXPECT_THAT(failure_of("sleep 100 & exit 3"), HasSubstr("exit status 3"));
  EXPECT_EQ(output_of("setsid sleep 3 & echo answer"), "answer\n");
}

TEST_F(ChildProcessTest, LeavesNoneOfItsGroupRunning) {
  const Orphans adopted;
  EXPECT_TRUE(ends(std::stoi(output_of("sleep 100 & echo $$"))));
  limits_.time = 200ms;
  const std::string message = failure_of("echo $$ >&2; sleep 100");
  EXPECT_TRUE(ends(std::stoi(message.substr(message.rfind(' ') + 1))));
  std::optional<ChildProcess> unused;
  unused.emplace(Program{"sh", {"-c", "echo $$; sleep 100"}}, limits_, watch_);
  const SecretBytes pid = unused->ask({});
  unused.reset();
  EXPECT_TRUE(ends(std::stoi(std::string(as_text(pid.expose())))));
}

// What it has in a device must not stay there.
TEST_F(ChildProcessTest, LetsItEndByItselfWhenItMay) {
  const ScratchFolder folder;
  const std::string file = (folder.path() / "ended").string();
  const std::string script = "echo ready; cat >/dev/null; sleep 0.2; touch " + file;
  const auto ends_by_itself = [&] {
    {
      ChildProcess program = shell(script);
      EXPECT_EQ(as_text(program.ask({}).expose()), "ready");
    }
    return std::filesystem::exists(file);
  };
  EXPECT_FALSE(ends_by_itself());
  limits_.end = kGenerous;
  EXPECT_TRUE(ends_by_itself());
}

TEST_F(ChildProcessTest, KillsWhatDoesNotEndInItsTime) {
  limits_.end = 200ms;
  std::optional<ChildProcess> program;
  program.emplace(Program{"sh", {"-c", "echo $$; sleep 100"}}, limits_, watch_);
  const SecretBytes pid = program->ask({});
  program.reset();
  EXPECT_TRUE(ends(std::stoi(std::string(as_text(pid.expose())))));
}

TEST_F(ChildProcessTest, AnswersLineByLine) {
  ChildProcess echo = shell("while read -r line; do echo \"<$line>\"; done");
  for (const char* line : {"one\n", "two\n", "\n"}) {
    const std::string expected = "<" + std::string(line, std::strlen(line) - 1) + ">";
    EXPECT_EQ(as_text(echo.ask(as_bytes(line)).expose()), expected);
  }
}

TEST_F(ChildProcessTest, RefusesWhatIsNotOneLine) {
  const auto message_of = [&](const std::string& script) {
    try {
      (void)shell(script).ask(as_bytes("question\n"));
    } catch (const Error& error) {
      return error.message();
    }
    return std::string();
  };
  EXPECT_THAT(message_of("read -r q; printf 'one\\ntwo\\n'; sleep 100"), HasSubstr("more than one line"));
  EXPECT_THAT(message_of("read -r q; echo locked >&2; exit 4"), HasSubstr("exit status 4: locked"));
  EXPECT_THAT(message_of("read -r q; exit 0"), HasSubstr("exit status 0"));
  EXPECT_THAT(message_of("cat /dev/zero"), HasSubstr("longer than"));
  limits_.time = 1s;
  EXPECT_THAT(message_of("read -r q; printf unfinished; sleep 100"), HasSubstr("no answer within"));
}

TEST_F(ChildProcessTest, GivesTheLineThatWasAnsweredBeforeItEnded) {
  EXPECT_EQ(as_text(shell("read -r q; echo last").ask(as_bytes("question\n")).expose()), "last");
}

TEST_F(ChildProcessTest, LeadsAGroupOfItsOwn) {
  EXPECT_EQ(output_of("test $(ps -o pgid= -p $$) = $$ && echo leads"), "leads\n");
}

TEST_F(ChildProcessTest, HasNoSignalBlocked) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  ChildProcess child = shell("exec sed -n 's/^SigBlk:\\t//p' /proc/self/status");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(as_text(child.finish({}).expose()), "0000000000000000\n");
}

TEST_F(ChildProcessTest, DoesNotIgnoreSigpipeAsWeDo) {
  EXPECT_THAT(failure_of("kill -PIPE $$"), HasSubstr("signal 13"));
}

// A caller's descriptors, such as one that a passphrase was read from, are none of a program's business.
TEST_F(ChildProcessTest, InheritsNoDescriptorThatOursInherited) {
  const Fd inherited(::open("/dev/null", O_RDONLY));
  const Fd ours(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(output_of("exec ls /proc/$$/fd"), "0\n1\n2\n3\n");  // 3 is what ls reads the directory by
}

TEST_F(ChildProcessTest, HasOurEnvironmentAndDirectory) {
  ::setenv("CHILD_PROCESS_TEST", "inherited", 1);
  EXPECT_EQ(output_of("echo $CHILD_PROCESS_TEST; pwd -P"),
            "inherited\n" + std::filesystem::current_path().string() + "\n");
}

TEST_F(ChildProcessTest, TellsWhatCannotBeStarted) {
  const std::string folder = testing::TempDir() + "child_process_test." + std::to_string(::getpid());
  std::filesystem::create_directory(folder);
  const std::string plain = folder + "/plain";
  const std::string headless = folder + "/headless";
  std::ofstream(plain) << "#!/bin/sh\n";
  std::ofstream(headless) << "echo no header\n";
  ::chmod(headless.c_str(), 0700);
  for (const std::string& path :
       {folder, plain, headless, folder + "/absent", std::string("no-such-program")}) {
    try {
      const ChildProcess never(Program{path, {}}, limits_, watch_);
      ADD_FAILURE() << path;
    } catch (const Error& error) {
      EXPECT_THAT(error.message(), HasSubstr("start " + path)) << path;
    }
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace imgcrypt
