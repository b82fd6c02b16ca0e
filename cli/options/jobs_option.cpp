#include "cli/options/jobs_option.hpp"

#include <algorithm>
#include <thread>

namespace imgcrypt::cli {

void JobsOption::add_to(CLI::App& command) {
  command
      .add_option("-j,--jobs", jobs, "number of layers to process at the same time (default: one per core)")
      ->check(CLI::Range(1U, 1024U))
      ->type_name("N");
}

unsigned JobsOption::value() const {
  return jobs != 0 ? jobs : std::max(std::thread::hardware_concurrency(), 1U);
}

}  // namespace imgcrypt::cli
