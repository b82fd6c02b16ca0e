#include "base/parallel.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace imgcrypt {
namespace {

// Fewer if the system has no more to give: then these, and the caller, do all the work.
std::vector<std::jthread> start_threads(std::size_t count, const std::function<void()>& work) {
  std::vector<std::jthread> threads;
  try {
    while (threads.size() < count) threads.emplace_back(work);
  } catch (const std::system_error&) {
    return threads;
  }
  return threads;
}

}  // namespace

void run_parallel(std::size_t count, unsigned jobs, StopFlag& stop,
                  const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < count && !stop; i = next++) {
      try {
        task(i);
      } catch (...) {
        const std::scoped_lock lock(mutex);
        // What others throw later is mostly the consequence of `stop`.
        if (!failure) failure = std::current_exception();
        stop = true;
      }
    }
  };
  {
    // This thread works too; leaving the block joins the others.
    const std::size_t threads = std::min<std::size_t>(count, std::max(jobs, 1U));
    const auto helpers = start_threads(threads - std::min<std::size_t>(threads, 1), work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace imgcrypt
