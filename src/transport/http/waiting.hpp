// Waiting that a signal ends, and how long to wait before a request is repeated.
#pragma once

#include "transport/http/http_message.hpp"

#include <chrono>
#include <optional>

namespace imgcrypt {

// Throws kCancelled soon after a signal.
void sleep_unless_cancelled(std::chrono::milliseconds time);

// RFC 9110, section 10.2.3: seconds or a date; nullopt when there is none, or it is neither.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const HttpHead& head);

// Nobody is waited for longer.
inline constexpr std::chrono::seconds kLongestRetryAfter{60};

// Counts the tries of one thing, and waits between them: half a second, then twice as long each time, less up
// to a half by chance, so that many clients do not come back at once.
class Backoff {
 public:
  explicit Backoff(int retries) : left_(retries) {}
  // False, without waiting, when no try is left. `asked` is what the server asked for; REQUIRES that it is
  // not above kLongestRetryAfter. Throws kCancelled.
  [[nodiscard]] bool wait(std::optional<std::chrono::seconds> asked = std::nullopt);

 private:
  int left_;
  std::chrono::milliseconds next_{500};
};

}  // namespace imgcrypt
