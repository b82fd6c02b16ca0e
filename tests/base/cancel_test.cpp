#include "base/cancel.hpp"

#include "base/cancel_hold.hpp"
#include "base/process/pipe.hpp"
#include "support/in_child.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <csignal>

namespace imgcrypt {
namespace {

using namespace test;

bool has_default(int signal) {
  struct sigaction action = {};
  ::sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_DFL;
}

TEST(Cancel, ThrowsOnceASignalCame) {
  EXPECT_EQ(in_child([]() -> std::string {
              install_cancel_handler();
              throw_if_cancelled();
              ::raise(SIGINT);
              throw_if_cancelled();
              return "went on";
            }),
            "cancelled");
}

// The signal came after the flag was looked at and before the call began to wait.
TEST(Cancel, EndsWhatBeganToWaitTooLateForTheSignal) {
  EXPECT_EQ(in_child([] {
              install_cancel_handler();
              const Pipe pipe = make_pipe();
              ::raise(SIGTERM);
              std::array<std::uint8_t, 1> byte{};
              return std::to_string(read_some(pipe.read_end.get(), byte, "pipe"));
            }),
            "cancelled");
}

TEST(Cancel, TellsEveryInterruptedCallAsCancelled) {
  EXPECT_EQ(errno_error("open x", EINTR).code(), ErrorCode::kOther);
  EXPECT_EQ(in_child([] {
              install_cancel_handler();
              ::raise(SIGTERM);
              return std::to_string(errno_error("open x", EINTR).code() == ErrorCode::kCancelled);
            }),
            "1");
}

TEST(Cancel, WaitsForTheEndOfAHold) {
  EXPECT_EQ(in_child([] {
              install_cancel_handler();
              std::string seen;
              {
                const CancelHold hold;
                ::raise(SIGTERM);
                seen = std::to_string(cancel_signal());
              }
              return seen + " " + std::to_string(cancel_signal());
            }),
            "0 " + std::to_string(SIGTERM));
}

// Our parent may have set an alarm as a time limit.
TEST(Cancel, LeavesTheAlarmOfOthersAloneUntilThen) {
  EXPECT_EQ(in_child([] {
              install_cancel_handler();
              const bool is_before = has_default(SIGALRM);
              ::raise(SIGTERM);
              return std::to_string(is_before) + std::to_string(has_default(SIGALRM));
            }),
            "10");
}

}  // namespace
}  // namespace imgcrypt
