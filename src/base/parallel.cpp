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

bool is_cancel(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return error.code() == ErrorCode::kCancelled;
  } catch (...) {
    return false;
  }
}

}  // namespace

void run_parallel(std::size_t count, unsigned jobs, StopFlag& stop,
                  const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  std::size_t failed = count;
  const auto work = [&] {
    for (std::size_t i = next++; i < count && !stop; i = next++) {
      try {
        task(i);
      } catch (...) {
        const std::scoped_lock lock(mutex);
        // Of those that fail side by side the first task's is told, whoever was faster; but what is thrown as
        // the consequence of `stop` says nothing.
        const std::exception_ptr thrown = std::current_exception();
        if (!failure || (i < failed && !is_cancel(thrown))) {
          failure = thrown;
          failed = i;
        }
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
