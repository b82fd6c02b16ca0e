#include "base/parallel.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace imgcrypt {

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
        if (!failure) failure = std::current_exception();
        stop = true;
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    const std::size_t threads = std::min<std::size_t>(count, std::max(jobs, 1U));
    for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

std::size_t StoppableSource::read(MutableByteView buffer) {
  if (stop_) throw Error(ErrorCode::kCancelled, "stopped: another layer failed");
  return inner_.read(buffer);
}

}  // namespace imgcrypt
