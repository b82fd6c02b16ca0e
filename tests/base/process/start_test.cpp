#include "base/process/start.hpp"

#include "base/cancel.hpp"
#include "support/in_child.hpp"
#include "support/no_open_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace imgcrypt {
namespace {

using namespace test;

ino_t inode_of(int fd) {
  struct stat status = {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

// Empty when the descriptor, which was closed, takes no file and gives and takes no byte.
std::string fault_of_closed(int fd) {
  char byte = 'x';
  if (::read(fd, &byte, 1) != 0) return std::to_string(fd) + " can be read from";
  if (::write(fd, &byte, 1) >= 0 || errno != EBADF) return std::to_string(fd) + " can be written to";
  return {};
}

std::string start_with_closed(unsigned closed) {
  std::array<ino_t, 3> before{};
  for (int fd = 0; fd < 3; ++fd) {
    before.at(static_cast<std::size_t>(fd)) = inode_of(fd);
    if ((closed >> static_cast<unsigned>(fd) & 1U) != 0) ::close(fd);
  }
  prepare_process();
  if (::open("/", O_RDONLY) < 3) return "a file got a standard descriptor";
  for (int fd = 0; fd < 3; ++fd) {
    const bool was_closed = (closed >> static_cast<unsigned>(fd) & 1U) != 0;
    const std::string fault = was_closed ? fault_of_closed(fd) : std::string();
    if (!fault.empty()) return fault;
    if (!was_closed && inode_of(fd) != before.at(static_cast<std::size_t>(fd)))
      return "descriptor " + std::to_string(fd) + " is another file";
  }
  return "sound";
}

TEST(PrepareProcess, LetsNoFileGetAStandardDescriptor) {
  for (unsigned closed = 0; closed < 8; ++closed)
    EXPECT_EQ(in_child([&] { return start_with_closed(closed); }), "sound") << closed;
}

TEST(PrepareProcess, OccupiesTheFourthDescriptorForWhoeverReadsIt) {
  EXPECT_EQ(in_child([] {
              ::close(0);
              ::close(3);
              prepare_process(3);
              return std::to_string(::open("/", O_RDONLY) > 3);
            }),
            "1");
}

TEST(PrepareProcess, FailsWhenADescriptorCannotBeOccupied) {
  EXPECT_EQ(in_child([]() -> std::string {
              ::close(1);
              let_every_open_fail();
              prepare_process();
              return "started";
            }),
            "open /dev/null: Too many open files");
}

TEST(PrepareProcess, LearnsHowChildrenEndThoughTheParentIgnoresSigchld) {
  EXPECT_EQ(in_child([] {
              std::signal(SIGCHLD, SIG_IGN);
              prepare_process();
              const pid_t child = ::fork();
              if (child == 0) ::_exit(3);
              int status = 0;
              return ::waitpid(child, &status, 0) == child ? std::to_string(WEXITSTATUS(status)) : "lost";
            }),
            "3");
}

// What cancel_signal says after the signal.
std::string cancelled_by(int signal, const std::function<void()>& spoil) {
  return in_child([&] {
    spoil();
    prepare_process();
    ::raise(signal);
    return std::to_string(cancel_signal());
  });
}

TEST(PrepareProcess, IsCancelledBySignals) {
  for (const int signal : {SIGHUP, SIGINT, SIGTERM})
    EXPECT_EQ(cancelled_by(signal, [&] { std::signal(signal, SIG_DFL); }), std::to_string(signal));
}

TEST(PrepareProcess, IsCancelledBySignalsThatTheParentBlocks) {
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) {
    EXPECT_EQ(in_child([&] {
                std::signal(signal, SIG_DFL);
                sigset_t all;
                ::sigfillset(&all);
                ::sigprocmask(SIG_SETMASK, &all, nullptr);
                ::raise(signal);
                prepare_process();
                return std::to_string(cancel_signal());
              }),
              std::to_string(signal));
  }
}

// As nohup and a shell's background commands are started.
TEST(PrepareProcess, GoesOnIgnoringWhatIsIgnoredOnPurpose) {
  for (const int signal : {SIGHUP, SIGINT})
    EXPECT_EQ(cancelled_by(signal, [&] { std::signal(signal, SIG_IGN); }), "0") << signal;
  EXPECT_EQ(cancelled_by(SIGTERM, [] { std::signal(SIGTERM, SIG_IGN); }), std::to_string(SIGTERM));
}

TEST(PrepareProcess, LetsWritingFailInsteadOfKilling) {
  EXPECT_EQ(in_child([] {
              std::signal(SIGPIPE, SIG_DFL);
              prepare_process();
              int ends[2] = {-1, -1};
              if (::pipe(ends) != 0) return std::string("no pipe");
              ::close(ends[0]);
              return ::write(ends[1], "x", 1) < 0 ? std::to_string(errno) : std::string("written");
            }),
            std::to_string(EPIPE));
  EXPECT_EQ(in_child([] {
              std::signal(SIGXFSZ, SIG_DFL);
              prepare_process();
              const int file = ::open(testing::TempDir().c_str(), O_TMPFILE | O_RDWR, 0600);
              const rlimit none = {0, 0};
              ::setrlimit(RLIMIT_FSIZE, &none);
              return ::write(file, "x", 1) < 0 ? std::to_string(errno) : std::string("written");
            }),
            std::to_string(EFBIG));
}

TEST(PrepareProcess, ShowsItsMemoryToNobody) {
  EXPECT_EQ(in_child([] {
              prepare_process();
              rlimit core = {1, 1};
              ::getrlimit(RLIMIT_CORE, &core);
              return std::to_string(core.rlim_max) + " " + std::to_string(::prctl(PR_GET_DUMPABLE));
            }),
            "0 0");
}

}  // namespace
}  // namespace imgcrypt
