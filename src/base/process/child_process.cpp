#include "base/process/child_process.hpp"

#include "base/cancel.hpp"
#include "base/text/duration.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

namespace imgcrypt {
namespace {

using Clock = std::chrono::steady_clock;

// How soon it is noticed that a program has ended whose pipes a descendant holds, or that has closed them.
constexpr int kTickMilliseconds = 10;
// SIGKILL works at once, except on a process that we may not kill or that hangs in the kernel.
constexpr std::chrono::milliseconds kTimeToReap{2000};
// An error is one line for people, whatever the program wrote.
constexpr std::size_t kMostShownErrors = 2 * 1024;

void set_nonblocking(const Fd& fd) {
  // Our end only; the other is a file of its own.
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) throw errno_error("fcntl");
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  while (text.ends_with(' ')) text.pop_back();
  if (text.size() > kMostShownErrors) text.replace(kMostShownErrors, std::string::npos, "...");
  return text;
}

std::string describe_status(int status) {
  return WIFSIGNALED(status) ? "it was killed by signal " + std::to_string(WTERMSIG(status))
                             : "it ended with exit status " + std::to_string(WEXITSTATUS(status));
}

// One read of a pipe that does not block: its size, 0 at the end, nothing when nothing is there yet.
std::optional<std::size_t> read_now(const Fd& fd, MutableByteView room) {
  const ssize_t size = ::read(fd.get(), room.data(), room.size());
  if (size >= 0) return static_cast<std::size_t>(size);
  if (errno == EAGAIN || errno == EINTR) return std::nullopt;
  throw errno_error("read from a program");
}

}  // namespace

// What it has said so far, growing up to the limit.
class ChildProcess::Answer {
 public:
  explicit Answer(const ProgramLimits& limits)
      : most_(limits.output), deadline_(Clock::now() + limits.time) {}

  [[nodiscard]] bool is_late() const { return Clock::now() >= deadline_; }
  [[nodiscard]] ByteView received() const noexcept { return bytes_.expose().first(size_); }
  void add(std::size_t size) noexcept { size_ += size; }

  [[nodiscard]] bool is_too_long() const noexcept { return size_ > most_; }
  // Never empty: one byte more than the limit tells.
  MutableByteView room() {
    if (size_ == bytes_.size()) {
      // A secret cannot grow where it is, and each new region costs system calls: so it grows by much.
      SecretBytes larger(std::min(most_ + 1, size_ * 4));
      std::ranges::copy(received(), larger.expose_mutable().begin());
      bytes_ = std::move(larger);
    }
    return bytes_.expose_mutable().subspan(size_);
  }

  SecretBytes take(std::size_t size) {
    bytes_.truncate(size);
    return std::move(bytes_);
  }

 private:
  std::size_t most_;
  Clock::time_point deadline_;
  SecretBytes bytes_{4096};
  std::size_t size_ = 0;
};

ChildProcess::ChildProcess(const Program& program, const ProgramLimits& limits, const DeathWatch& watch)
    : path_(program.path), limits_(limits), watch_(watch) {
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  for (const Fd* ours : {&in.write_end, &out.read_end, &err.read_end}) set_nonblocking(*ours);
  pid_ = spawn(program, in.read_end, out.write_end, err.write_end, watch);
  // The program's ends close with this function: otherwise its outputs would never end for us.
  input_ = std::move(in.write_end);
  output_ = std::move(out.read_end);
  errors_ = std::move(err.read_end);
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  // Its outputs too, or it might wait for us to read them.
  for (Fd* const end : {&input_, &output_, &errors_}) end->reset();
  wait_for_end(limits_.end);
  kill_and_reap();
}

SecretBytes ChildProcess::finish(ByteView input) {
  Answer answer(limits_);
  const int status = run_to_end(input, answer);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail(describe_status(status));
  return answer.take(answer.received().size());
}

ProgramEnd ChildProcess::finish_with_status(ByteView input) {
  Answer answer(limits_);
  const int status = run_to_end(input, answer);
  if (!WIFEXITED(status)) fail(describe_status(status));
  return {WEXITSTATUS(status), answer.take(answer.received().size())};
}

int ChildProcess::run_to_end(ByteView input, Answer& answer) {
  while (!has_ended()) {
    // The end of its input is how a program that serves one request knows that the request is whole.
    if (input.empty()) input_.reset();
    step(input, answer);
  }
  // What it wrote before it ended may still be in the pipe.
  read_available(answer);
  return kill_and_reap();
}

SecretBytes ChildProcess::ask(ByteView line) {
  Answer answer(limits_);
  while (true) {
    const ByteView received = answer.received();
    const auto end = std::ranges::find(received, std::uint8_t{'\n'});
    if (end != received.end()) {
      // What came too much could be taken for the answer to the next line.
      if (end + 1 != received.end()) fail("it answered with more than one line");
      return answer.take(received.size() - 1);
    }
    if (has_ended()) {
      read_available(answer);
      fail(describe_status(kill_and_reap()));
    }
    step(line, answer);
  }
}

// Waits up to a tick for the program to read, to write or to end.
void ChildProcess::step(ByteView& input, Answer& answer) {
  throw_if_cancelled();
  if (answer.is_late()) fail("no answer within " + in_words(limits_.time));
  std::array fds = {pollfd{input.empty() ? -1 : input_.get(), POLLOUT, 0}, pollfd{output_.get(), POLLIN, 0},
                    pollfd{errors_.get(), POLLIN, 0}};
  // With both outputs closed, poll has nothing to wake it, and the end is near: it is looked for sooner.
  const bool is_silent = !output_.is_open() && !errors_.is_open();
  ::poll(fds.data(), fds.size(), is_silent ? 1 : kTickMilliseconds);
  if (fds[0].revents != 0) write_some(input);
  read_available(answer);
}

void ChildProcess::write_some(ByteView& input) {
  const ssize_t size = ::write(input_.get(), input.data(), input.size());
  if (size >= 0) {
    input = input.subspan(static_cast<std::size_t>(size));
  } else if (errno == EPIPE) {
    input = {};  // it wants no more: its answer or its exit status tells why
  } else if (errno != EAGAIN && errno != EINTR) {
    throw errno_error("write to " + path_);
  }
}

void ChildProcess::read_available(Answer& answer) {
  while (output_.is_open()) {
    const auto size = read_now(output_, answer.room());
    if (!size) break;
    if (*size == 0) output_.reset();
    answer.add(*size);
    if (answer.is_too_long()) fail("its answer is longer than " + std::to_string(limits_.output) + " bytes");
  }
  std::array<std::uint8_t, 4096> buffer{};
  for (int most = 16; errors_.is_open() && most > 0; --most) {  // one that writes all the time is late, too
    const auto size = read_now(errors_, buffer);
    if (!size) break;
    if (*size == 0) errors_.reset();
    error_text_ += as_text(ByteView(buffer).first(std::min(*size, limits_.errors - error_text_.size())));
  }
}

bool ChildProcess::has_ended() const {
  siginfo_t info = {};
  // Not reaped yet: as long as it is a zombie its process group is no other's.
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

void ChildProcess::wait_for_end(std::chrono::milliseconds most) const noexcept {
  for (auto left = most.count(); left > 0 && !has_ended(); --left) ::usleep(1000);
}

int ChildProcess::kill_and_reap() noexcept {
  if (pid_ < 0) return 0;
  // Before it is reaped: until then neither the process nor the group can be another's.
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // it may have left its group
  // One that we may not kill, as it runs as another user, is left to init.
  wait_for_end(kTimeToReap);
  watch_.remove(pid_);
  int status = 0;
  ::waitpid(pid_, &status, WNOHANG);
  pid_ = -1;
  return status;
}

void ChildProcess::fail(const std::string& what) const {
  const std::string said = one_line(error_text_);
  throw Error(ErrorCode::kOther, path_ + ": " + what + (said.empty() ? "" : ": " + said));
}

}  // namespace imgcrypt
