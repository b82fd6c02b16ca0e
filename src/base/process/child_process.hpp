// A program that is asked over its stdin and answers on its stdout, through pipes of ours. Whatever happens,
// its process group is killed and it is reaped before this object is gone, and no wait outlasts its limit.
#pragma once

#include "base/process/death_watch.hpp"
#include "base/process/spawn.hpp"

#include <chrono>

namespace imgcrypt {

struct ProgramLimits {
  std::chrono::milliseconds time{30'000};      // of one exchange
  std::size_t output = std::size_t{1} << 20U;  // bytes of one answer
  std::size_t errors = std::size_t{1} << 16U;  // bytes of stderr that are kept; the rest is dropped
};

// One thread at a time. REQUIRES: SIGPIPE is ignored.
class ChildProcess {
 public:
  // Starts it; throws as spawn. `watch` must outlive this.
  ChildProcess(const Program& program, const ProgramLimits& limits, const DeathWatch& watch);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Gives it the input and the end of it; returns all of its output once it has ended. A descendant that
  // still holds its output is not waited for. Throws kOther, with the text of its stderr, when its exit
  // status is not 0 or a limit is reached; kCancelled.
  [[nodiscard]] SecretBytes finish(ByteView input);
  // Gives it bytes that end a line and returns the line that it answers, without its end. Throws as finish,
  // and when the program ends.
  [[nodiscard]] SecretBytes ask(ByteView line);

 private:
  class Answer;
  void step(ByteView& input, Answer& answer);
  void write_some(ByteView& input);
  void read_available(Answer& answer);
  [[nodiscard]] bool has_ended() const;
  int kill_and_reap() noexcept;
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  ProgramLimits limits_;
  const DeathWatch& watch_;
  Fd input_;
  Fd output_;
  Fd errors_;
  pid_t pid_ = -1;
  std::string error_text_;
};

}  // namespace imgcrypt
