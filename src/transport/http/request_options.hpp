// A request in libcurl's terms, but for the functions that it calls back. Used by HttpExchange.
#pragma once

#include "transport/http/curl_line.hpp"
#include "transport/http/http_message.hpp"
#include "transport/http/http_settings.hpp"

#include <string>

namespace imgcrypt {

// The lines of a request's head that are ours: the request's headers, and `Authorization`. Wiped at the end.
class HeaderLines {
 public:
  // Throws std::bad_alloc.
  explicit HeaderLines(const HttpRequest& request);
  ~HeaderLines();
  HeaderLines(const HeaderLines&) = delete;
  HeaderLines& operator=(const HeaderLines&) = delete;

  [[nodiscard]] curl_slist* list() const noexcept { return list_; }

 private:
  void add(const char* line);

  curl_slist* list_ = nullptr;
};

// Sets all that the line needs to know of them; what it was set to before is forgotten. Throws kOther when
// libcurl refuses an option.
void set_options(CurlLine& line, const HttpRequest& request, const HttpSettings& settings);

}  // namespace imgcrypt
