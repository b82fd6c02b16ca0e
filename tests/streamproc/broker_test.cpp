#include "streamproc/broker.hpp"

#include "base/process/orphans.hpp"
#include "support/process_group.hpp"
#include "support/scratch_folder.hpp"
#include "support/vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace imgcrypt::streamproc {
namespace {

using namespace test;
using testing::HasSubstr;

class BrokerTest : public testing::Test {
 protected:
  BrokerTest() {
    std::signal(SIGPIPE, SIG_IGN);
    settings_.config = folder_.path() / "providers.json";
    settings_.missing = MissingConfig::kCountsAsEmpty;
    settings_.libexec = folder_.path() / "libexec";
  }

  // The provider `demo` is this shell script.
  void configure(const std::string& script) const {
    const std::string path = folder_.write("demo", "#!/bin/sh\n" + script + "\n");
    ::chmod(path.c_str(), 0700);
    folder_.write("providers.json", R"({"key-providers":{"demo":{"cmd":{"path":")" + path + "\"}}}}");
  }

  // What the script wrote to `name`, once it has.
  [[nodiscard]] pid_t number_in(const std::string& name) const {
    pid_t number = 0;
    while (!(std::ifstream(folder_.path() / name) >> number))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return number;
  }

  template <typename Call>
  static Error failure(Call call) {
    try {
      (void)call();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "it worked";
    return {ErrorCode::kOther, ""};
  }

  ScratchFolder folder_;
  ProviderSettings settings_;
};

TEST_F(BrokerTest, PassesOnWhatIsAskedAndAnswered) {
  configure("cat; printf ' said %s' \"$LANGUAGE_OF_TEST\"");
  ::setenv("LANGUAGE_OF_TEST", "toki pona", 1);
  Broker broker(settings_);
  EXPECT_EQ(as_text(broker.exchange("demo", secret("words")).expose()), "words said toki pona");
  EXPECT_EQ(as_text(broker.exchange("demo", secret("more")).expose()), "more said toki pona");
  const std::string large(900'000, 'x');
  EXPECT_EQ(broker.exchange("demo", secret(large)).size(), large.size() + 15);
  broker.require_configured("demo");
  EXPECT_EQ(broker.program_of("demo"), folder_.path() / "demo");
}

TEST_F(BrokerTest, PassesOnFailures) {
  configure("echo no such key >&2; exit 3");
  Broker broker(settings_);
  const Error failed = failure([&] { return broker.exchange("demo", secret("words")); });
  EXPECT_EQ(failed.code(), ErrorCode::kProvider);
  EXPECT_THAT(failed.message(), HasSubstr("no such key"));
  const Error unknown = failure([&] { return broker.exchange("other", secret("words")); });
  EXPECT_EQ(unknown.code(), ErrorCode::kUsage);
  EXPECT_THAT(unknown.hint(), HasSubstr("OCICRYPT_KEYPROVIDER_CONFIG"));
  EXPECT_THAT(failure([&] { return broker.require_configured("other"), 0; }).message(),
              HasSubstr("key provider other is not configured"));
}

TEST_F(BrokerTest, HoldsNoFileOfOurs) {
  // Whose own pipes to the program may go while they are listed.
  configure("for fd in /proc/$PPID/fd/*; do echo \"${fd##*/} -> $(readlink $fd)\"; done");
  Broker broker(settings_);
  const SecretBytes answer = broker.exchange("demo", secret(""));
  EXPECT_THAT(std::string(as_text(answer.expose())), HasSubstr("0 -> /dev/null"));
  EXPECT_THAT(std::string(as_text(answer.expose())), HasSubstr("2 -> /dev/null"));
  EXPECT_THAT(std::string(as_text(answer.expose())), testing::Not(HasSubstr("imgcrypt-test")));
}

TEST_F(BrokerTest, IsReportedWhenItWasKilled) {
  configure("cat");
  Broker broker(settings_);
  ::kill(broker.process(), SIGKILL);
  const Error error = failure([&] { return broker.exchange("demo", secret("words")); });
  EXPECT_EQ(error.code(), ErrorCode::kProvider);
  EXPECT_EQ(error.message(), "the process that starts key providers was killed");
}

// The program leads a group of its own, and so must not outlive whoever asked.
TEST_F(BrokerTest, TakesItsProgramsWithIt) {
  const Orphans adopted;
  configure("echo $$ >" + (folder_.path() / "pid").string() + "; exec sleep 1000");
  auto broker = std::make_unique<Broker>(settings_);
  std::thread asking([&] {
    EXPECT_EQ(error_of([&] { (void)broker->exchange("demo", secret("")); }), ErrorCode::kProvider);
  });
  const pid_t program = number_in("pid");
  ::kill(broker->process(), SIGTERM);
  asking.join();
  broker.reset();
  EXPECT_TRUE(ends(program));
}

// Also when nobody ends the broker because we were killed.
TEST_F(BrokerTest, EndsWithItsDecoder) {
  const Orphans adopted;
  configure("echo $$ >" + (folder_.path() / "pid").string() + "; exec sleep 1000");
  const pid_t decoder = ::fork();
  if (decoder == 0) {
    Broker broker(settings_);
    (void)broker.exchange("demo", secret(""));
    ::_exit(0);
  }
  const pid_t program = number_in("pid");
  ::kill(decoder, SIGKILL);
  ::waitpid(decoder, nullptr, 0);
  EXPECT_TRUE(ends(program));
}

}  // namespace
}  // namespace imgcrypt::streamproc
