// Times in messages: "no answer within 30 seconds". A pure function.
#pragma once

#include <chrono>
#include <string>

namespace imgcrypt {

// "1 second", "30 seconds"; "1500 ms" for what is not whole seconds.
[[nodiscard]] inline std::string in_words(std::chrono::milliseconds time) {
  const auto count = time.count();
  if (count % 1'000 != 0) return std::to_string(count) + " ms";
  return std::to_string(count / 1'000) + (count == 1'000 ? " second" : " seconds");
}

}  // namespace imgcrypt
