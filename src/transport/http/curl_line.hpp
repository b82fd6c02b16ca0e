// A transfer handle of libcurl with the connections that it keeps open for the next request. Only for the
// sources of this folder. Belongs to one thread at a time.
#pragma once

#include "transport/http/curl_library.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace imgcrypt {

class CurlLine {
 public:
  // Throws std::bad_alloc.
  CurlLine();
  // Closes its connections.
  ~CurlLine();
  CurlLine(const CurlLine&) = delete;
  CurlLine& operator=(const CurlLine&) = delete;

  [[nodiscard]] CURL* easy() const noexcept { return easy_; }
  [[nodiscard]] CURLM* multi() const noexcept { return multi_; }

  // `value` must be of the type that libcurl documents for the option. Throws kOther when it is refused.
  template <typename Value>
  void set(CURLoption option, Value value) {
    check(curl_library().easy_setopt(easy_, option, value));
  }

 private:
  static void check(CURLcode code);

  CURLM* multi_;
  CURL* easy_;
};

// Lines that nobody uses. For any thread.
class IdleLines {
 public:
  // An idle one, or a new one.
  [[nodiscard]] std::unique_ptr<CurlLine> take();
  // REQUIRES: no transfer is in it.
  void give_back(std::unique_ptr<CurlLine> line) noexcept;

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<CurlLine>> lines_;
};

}  // namespace imgcrypt
