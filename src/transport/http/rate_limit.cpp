#include "transport/http/rate_limit.hpp"

#include <algorithm>

namespace imgcrypt {

void RateLimit::charge(std::uint64_t bytes) {
  if (rate_ == 0) return;
  const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(rate_));
  const std::scoped_lock lock(mutex_);
  // Time in which nothing was moved cannot be saved up.
  paid_ = std::max(paid_, std::chrono::steady_clock::now()) +
          std::chrono::duration_cast<std::chrono::steady_clock::duration>(cost);
}

std::chrono::milliseconds RateLimit::wait() {
  if (rate_ == 0) return std::chrono::milliseconds(0);
  const std::scoped_lock lock(mutex_);
  return std::chrono::ceil<std::chrono::milliseconds>(paid_ - std::chrono::steady_clock::now());
}

}  // namespace imgcrypt
