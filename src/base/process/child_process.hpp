// A program that is asked over its stdin and answers on its stdout, through pipes of ours. Key providers are
// run so. Whatever happens, its process group is killed and it is reaped before this object is gone, and no
// wait outlasts its limit. It may have time to end by itself before. It answers either one document until its
// end (finish) or line after line (ask).
#pragma once

#include "base/process/death_watch.hpp"
#include "base/process/spawn.hpp"

#include <chrono>

namespace imgcrypt {

struct ProgramLimits {
  std::chrono::milliseconds time{30'000};      // of one exchange
  std::size_t output = std::size_t{1} << 20U;  // bytes of one answer
  std::size_t errors = std::size_t{1} << 16U;  // bytes of stderr that are kept; the rest is dropped
  // How long it may go on when this object is destroyed, which ends its input and outputs; then it is killed.
  std::chrono::milliseconds end{0};
};

// How a program ended that exited by itself.
struct ProgramEnd {
  int status = 0;      // its exit status
  SecretBytes output;  // all of it
};

// One thread at a time. REQUIRES: SIGPIPE is ignored, SIGCHLD is not (prepare_process).
class ChildProcess {
 public:
  // Starts it; throws as spawn. `watch` must outlive this object and kills the program if we are killed.
  ChildProcess(const Program& program, const ProgramLimits& limits, const DeathWatch& watch);
  // Ends the program, and kills what is left of its group; waits two more seconds at most for one that we may
  // not kill, which is then left to init.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Gives it the input and the end of it; returns all of its output after it has ended. A descendant that
  // still holds its output is not waited for. A program that reads only some of the input is right if it
  // exits with 0. Throws kOther, with the beginning of its stderr, when its exit status is not 0 or a limit
  // is reached; kCancelled within 10 ms. Once, and not after ask.
  [[nodiscard]] SecretBytes finish(ByteView input);
  // The same for programs that say on stdout what failed: their exit status is returned, whatever it is.
  // Throws as finish when a limit is reached or a signal killed it.
  [[nodiscard]] ProgramEnd finish_with_status(ByteView input);
  // Gives it bytes that end a line and returns the line that it answers, without its end. Throws as finish,
  // and when the program ends or answers with more than one line. After a failure only the destructor may
  // follow: what the program says next may belong to this line.
  [[nodiscard]] SecretBytes ask(ByteView line);

 private:
  // What the program has said in one exchange, and how long it may still take.
  class Answer;
  // Runs it to its end and returns its wait status.
  int run_to_end(ByteView input, Answer& answer);
  void step(ByteView& input, Answer& answer);
  void write_some(ByteView& input);
  void read_available(Answer& answer);
  [[nodiscard]] bool has_ended() const;
  void wait_for_end(std::chrono::milliseconds most) const noexcept;
  int kill_and_reap() noexcept;
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  ProgramLimits limits_;
  const DeathWatch& watch_;
  // Our ends of its pipes. They never block; a closed one is one that has ended.
  Fd input_;
  Fd output_;
  Fd errors_;
  // -1 once it is reaped: its number may then be another's.
  pid_t pid_ = -1;
  // What it wrote to stderr, at most limits_.errors bytes. It goes into errors, so it is not for secrets.
  std::string error_text_;
};

}  // namespace imgcrypt
