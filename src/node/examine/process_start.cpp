#include "node/examine/process_start.hpp"

#include <unistd.h>

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

}  // namespace imgcrypt
