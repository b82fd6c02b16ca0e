// The one exception of the library. Thrown where a fact is known, caught where something is decided.
// A message says what failed and on which object; a hint says what to do about it. Neither ever holds
// a secret. Both may quote names and texts of an image, with control characters: make them printable before
// they reach a terminal. Values of ErrorCode are the exit statuses of the command line.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

namespace imgcrypt {

enum class ErrorCode {
  kOther = 1,        // an operating system failure, or one of our own
  kNotFound = 2,     // the named image, tag or blob is not there
  kUsage = 3,        // arguments, recipients or keys that cannot be used as given
  kRegistry = 4,     // a registry or daemon refused
  kNetwork = 5,      // not reached, or lost on the way, also after retries
  kNoKey = 6,        // none of the keys opens a layer that is needed
  kIntegrity = 7,    // content is damaged, forged or not what its descriptor says
  kRefused = 8,      // understood, but not done: unsafe, or beyond the limits
  kProvider = 9,     // a key provider program failed
  kCancelled = 130,  // SIGINT, SIGTERM or SIGHUP; main adds the signal's number to 128
};

// Of a message, and of a hint. What is longer is cut, and ends with " [...]".
inline constexpr std::size_t kMostErrorBytes = 4096;

// A value: copies are independent, and it may be passed between threads.
class Error final : public std::exception {
 public:
  // Both are one line, without a full stop.
  Error(ErrorCode code, std::string message, std::string hint = {});

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  // Empty when there is nothing better to say than the message.
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

  // How often a peer kept silent, or nearly so, until the time limit before this was thrown. Whoever begins
  // anew what the network lost (kNetwork) bounds their sum, since each took that time.
  [[nodiscard]] unsigned silences() const noexcept { return silences_; }

  // The same error with the place it happened in front: "layer 3 of linux/arm64: ...".
  [[nodiscard]] Error in(std::string_view place) const;
  // The same error after so many silences.
  [[nodiscard]] Error after_silences(unsigned count) const;

 private:
  ErrorCode code_;
  std::string message_;
  std::string hint_;
  unsigned silences_ = 0;
};

}  // namespace imgcrypt
