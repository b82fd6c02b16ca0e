// Makes an HttpHead of the lines that come before an answer's body (RFC 9112, section 4). Used by
// HttpExchange.
#pragma once

#include "transport/http/http_message.hpp"

#include <cstddef>
#include <string_view>

namespace imgcrypt {

class HeadReader {
 public:
  // One line with its end, as it came from `server`. Throws kRegistry when there are more than 64 KiB of
  // them.
  void take(std::string_view line, const Url& server);

  // Whether the head is complete: that of the answer, after those of 1xx.
  [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }
  [[nodiscard]] const HttpHead& head() const noexcept { return head_; }
  // Bytes that were taken.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  HttpHead head_;
  std::size_t size_ = 0;
  bool is_complete_ = false;
};

}  // namespace imgcrypt
