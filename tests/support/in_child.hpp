// Code that spoils the process it runs in, such as by closing stdout, in a child of the test's.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <functional>
#include <string>

namespace imgcrypt::test {

// What `act` returns, or the message of what it throws; "it hangs" after 20 s. REQUIRES: a text of less than
// 4 KiB.
inline std::string in_child(const std::function<std::string()>& act) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    const int answer =
        ::fcntl(ends[1], F_DUPFD_CLOEXEC, 100);  // out of the way of what `act` closes and opens
    ::close(ends[0]);
    ::close(ends[1]);
    std::string text;
    try {
      text = act();
    } catch (const std::exception& error) {
      text = error.what();
    }
    ::_exit(::write(answer, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  pollfd answer = {ends[0], POLLIN, 0};
  std::string text = "it hangs";
  if (::poll(&answer, 1, 20'000) == 1) {
    text.resize(4096);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(ends[0], text.data(), text.size()), 0)));
  }
  ::close(ends[0]);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return text;
}

}  // namespace imgcrypt::test
