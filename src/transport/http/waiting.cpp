#include "transport/http/waiting.hpp"

#include "base/cancel.hpp"
#include "transport/http/curl_library.hpp"

#include <poll.h>

#include <algorithm>
#include <ctime>
#include <random>
#include <thread>

namespace imgcrypt {

// A signal interrupts the thread that the system chose, so all look at the flag again and again.
void sleep_until_signal(std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kLook(200);
  const auto end = std::chrono::steady_clock::now() + time;
  while (cancel_signal() == 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    (void)::poll(nullptr, 0, static_cast<int>(std::min(left, kLook).count()));
  }
}

void sleep_unless_cancelled(std::chrono::milliseconds time) {
  sleep_until_signal(time);
  throw_if_cancelled();
}

std::optional<std::chrono::seconds> retry_after(const HttpHead& head) {
  const auto text = head.find("Retry-After");
  if (!text) return std::nullopt;
  constexpr std::uint64_t kMost = 1'000'000;
  if (const auto number = parse_number(*text)) return std::chrono::seconds(std::min(*number, kMost));
  const std::time_t date = curl_library().getdate(text->c_str(), nullptr);
  if (date == -1) return std::nullopt;
  return std::chrono::seconds(std::max<std::time_t>(0, date - std::time(nullptr)));
}

Backoff::Backoff(int retries, Cancel cancel)
    : left_(cancel == Cancel::kIgnored ? std::min(retries, 2) : retries), cancel_(cancel) {}

bool Backoff::wait(std::optional<std::chrono::seconds> asked) {
  if (left_ <= 0) return false;
  --left_;
  constexpr std::chrono::milliseconds kLongest(30'000);
  std::uniform_real_distribution<double> part(0.5, 1.0);
  std::random_device chance;
  const auto own =
      std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(next_.count()) * part(chance)));
  next_ = std::min(next_ * 2, kLongest);
  const auto time = asked ? std::max<std::chrono::milliseconds>(*asked, std::chrono::milliseconds(0)) : own;
  if (cancel_ == Cancel::kIgnored) {
    constexpr std::chrono::milliseconds kLongestTidyingUp(2'000);
    std::this_thread::sleep_for(std::min(time, kLongestTidyingUp));
  } else {
    sleep_unless_cancelled(time);
  }
  return true;
}

}  // namespace imgcrypt
