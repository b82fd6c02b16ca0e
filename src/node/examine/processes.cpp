#include "node/examine/processes.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace imgcrypt {
namespace {

constexpr int kFieldsBeforeStart = 19;  // after the program's name, which may hold anything

double seconds_of(clockid_t clock) {
  timespec now = {};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

std::optional<std::time_t> start_of_process(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
  std::string skipped;
  for (int i = 0; i < kFieldsBeforeStart; ++i) fields >> skipped;
  double ticks = 0;
  if (!(fields >> ticks)) return std::nullopt;
  const double since_boot = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return static_cast<std::time_t>(seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME) + since_boot);
}

bool process_runs(const std::string& name) {
  std::error_code failure;
  for (std::filesystem::directory_iterator at("/proc", failure), end; !failure && at != end;
       at.increment(failure)) {
    std::ifstream file(at->path() / "comm");
    std::string line;
    if (std::getline(file, line) && line == name) return true;
  }
  return false;
}

}  // namespace imgcrypt
