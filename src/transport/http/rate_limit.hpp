// How many bytes a second may pass, for several transfers together.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace imgcrypt {

// Bytes that have passed are a debt that time pays off; while there is any, nobody moves more. So the rate
// holds over seconds, not for each packet. May be used by several threads at once.
class RateLimit {
 public:
  // Bytes per second; 0: no limit.
  explicit RateLimit(std::uint64_t rate) : rate_(rate) {}

  void charge(std::uint64_t bytes);
  // Until more may pass; zero or less: at once.
  [[nodiscard]] std::chrono::milliseconds wait();

 private:
  std::uint64_t rate_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point paid_{};
};

}  // namespace imgcrypt
