// When to give up on a peer: after a time in which we waited for it and next to nothing moved. Our own work
// does not count, however long it takes. Belongs to one exchange.
#pragma once

#include <chrono>
#include <cstdint>

namespace imgcrypt {

// How often the peer of one blob may keep us waiting until the time limit, in a row. The second time it is
// not the network that lost something.
inline constexpr unsigned kMostSilences = 2;

class StallClock {
 public:
  // In bytes. Whoever gets on by fewer each time is held up: a drip would keep us for ever.
  static constexpr std::uint64_t kWorthwhile = 4096;

  explicit StallClock(std::chrono::seconds timeout) : timeout_(timeout) {}

  // After each wait: how long it was, and how many bytes have moved since the beginning. False when the peer
  // has been silent, or nearly so, for too long.
  [[nodiscard]] bool go_on(std::chrono::steady_clock::duration waited, std::uint64_t moved) noexcept {
    waited_ += waited;
    silent_ = moved == moved_ ? silent_ + waited : std::chrono::steady_clock::duration(0);
    moved_ = moved;
    if (moved >= mark_ + kWorthwhile) restart(moved);
    return waited_ < timeout_;
  }

  // Once go_on() has said no: whether the peer is still at it, and not silent.
  [[nodiscard]] bool is_dripping() const noexcept { return silent_ < timeout_ / 2; }
  [[nodiscard]] std::chrono::seconds timeout() const noexcept { return timeout_; }

  // Something happened that is worth more than its bytes: an answer has begun.
  void restart(std::uint64_t moved) noexcept {
    mark_ = moved;
    waited_ = {};
  }

 private:
  std::chrono::seconds timeout_;
  std::chrono::steady_clock::duration waited_{};  // since the mark
  std::chrono::steady_clock::duration silent_{};  // since the last byte
  std::uint64_t mark_ = 0;
  std::uint64_t moved_ = 0;
};

}  // namespace imgcrypt
