#include "cli/command.hpp"

#include "base/fd.hpp"

#include <unistd.h>

#include <cstdio>
#include <thread>

namespace imgcrypt::cli {

void StderrReporter::note(const std::string& text) {
  const std::string line = "imgcrypt: note: " + printable(text) + "\n";
  write_all(STDERR_FILENO, as_bytes(line), "stderr");  // one write, so that lines of threads do not mix
}

void JobsOption::add_to(CLI::App& command) {
  command.add_option("-j,--jobs", jobs, "layers to work on side by side (default: the number of cores)")
      ->check(CLI::Range(1U, 1024U))
      ->type_name("N");
}

unsigned JobsOption::value() const {
  return jobs != 0 ? jobs : std::max(std::thread::hardware_concurrency(), 1U);
}

void print_line(const std::string& text) { write_all(STDOUT_FILENO, as_bytes(text + "\n"), "stdout"); }

}  // namespace imgcrypt::cli
