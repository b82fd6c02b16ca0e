// Waiting that a signal ends, and how long to wait before a request is repeated.
#pragma once

#include "transport/http/http_message.hpp"

#include <chrono>
#include <optional>

namespace imgcrypt {

// Returns early, soon after a signal.
void sleep_until_signal(std::chrono::milliseconds time);
// Throws kCancelled then.
void sleep_unless_cancelled(std::chrono::milliseconds time);

// RFC 9110, section 10.2.3: seconds or a date; nullopt when there is none, or it is neither.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const HttpHead& head);

// Nobody is waited for longer.
inline constexpr std::chrono::seconds kLongestRetryAfter{60};

// Counts the tries of one thing, and waits between them: half a second, then twice as long each time, less up
// to a half by chance, so that many clients do not come back at once. Who tidies up tries twice more at most,
// and waits for two seconds at most, whatever the server asked for.
class Backoff {
 public:
  explicit Backoff(int retries, Cancel cancel = Cancel::kObeyed);
  // False, without waiting, when no try is left. `asked` is what the server asked for; REQUIRES that it is
  // not above kLongestRetryAfter. Throws kCancelled, unless signals are ignored.
  [[nodiscard]] bool wait(std::optional<std::chrono::seconds> asked = std::nullopt);

 private:
  int left_;
  Cancel cancel_;
  std::chrono::milliseconds next_{500};
};

}  // namespace imgcrypt
