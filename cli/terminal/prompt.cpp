#include "cli/terminal/prompt.hpp"

#include "base/process/fd.hpp"

#include <fcntl.h>
#include <termios.h>

#include <memory>

namespace imgcrypt::cli {
namespace {

// What the terminal gives in one line (termios(3), canonical mode).
constexpr std::size_t kMostLineBytes = 4 * 1024;

// The terminal outlives us, and so does its setting: it is restored however the prompt is left. That needs
// destructors, so a signal only sets a flag and interrupts the read (base/cancel).
class EchoOff {
 public:
  explicit EchoOff(int tty) : tty_(tty) {
    if (::tcgetattr(tty_, &before_) != 0) throw errno_error("read the terminal's settings");
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    // FLUSH drops what was typed before the question, which was meant for something else.
    ::tcsetattr(tty_, TCSAFLUSH, &silent);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  ~EchoOff() { ::tcsetattr(tty_, TCSAFLUSH, &before_); }

 private:
  int tty_;
  termios before_ = {};
};

enum class Echo { kOff, kOn };

// Not stdin, which may be a pipe. Fails with ENXIO where there is no controlling terminal.
Fd open_terminal() { return Fd(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)); }

SecretBytes ask(const Fd& tty, const std::string& question, Echo echo) {
  SecretBytes line(kMostLineBytes);
  std::size_t size = 0;
  {
    // Before the question, so that a quick answer does not show.
    const auto silence = echo == Echo::kOff ? std::make_unique<EchoOff>(tty.get()) : nullptr;
    write_all(tty.get(), as_bytes(question), "/dev/tty");
    // One read is one line: the terminal is in canonical mode (POSIX.1-2017, section 11.1.6).
    size = read_some(tty.get(), line.expose_mutable(), "/dev/tty");
  }
  // The user's own line end was not echoed.
  if (echo == Echo::kOff || size == 0) write_all(tty.get(), as_bytes("\n"), "/dev/tty");
  if (size == 0) throw Error(ErrorCode::kUsage, "nothing was entered");
  // Ctrl-D after some text ends the read without a line end.
  const bool has_newline = line.expose()[size - 1] == '\n';
  line.truncate(has_newline ? size - 1 : size);
  return line;
}

}  // namespace

bool is_interactive() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

bool has_terminal() { return open_terminal().is_open(); }

SecretBytes prompt_passphrase(const std::string& question) {
  const Fd tty = open_terminal();
  if (!tty.is_open()) {
    throw Error(ErrorCode::kUsage, ":prompt needs a terminal",
                "use :file=PASSPHRASEFILE, :fd=N or :env=VARIABLE");
  }
  return ask(tty, question, Echo::kOff);
}

std::string prompt_line(const std::string& question) {
  return std::string(as_text(ask(open_terminal(), question, Echo::kOn).expose()));
}

}  // namespace imgcrypt::cli
