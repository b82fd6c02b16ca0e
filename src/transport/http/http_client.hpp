// Sends requests and follows redirects, over http and https (HTTP/2 where it is offered). Proxies are those
// of the environment, which libcurl reads itself: HTTPS_PROXY, http_proxy, ALL_PROXY, NO_PROXY. Keeps
// connections open. One for each registry; may be used by several threads at once.
#pragma once

#include "transport/http/http_exchange.hpp"

#include <memory>

namespace imgcrypt {

class HttpClient {
 public:
  // Loads libcurl: throws as curl_library().
  explicit HttpClient(HttpSettings settings);

  // The answer, whose body is still to be read, whatever its status. Follows ten redirects at most, with the
  // method and the body as they were; where the standard would have a POST become a GET, the redirect itself
  // is the answer. `Authorization` goes to no other origin than that of the request's URL. Throws as
  // HttpExchange::await_head; kRegistry for more redirects, and for one from https to http. The client and
  // the body must outlive what is returned.
  [[nodiscard]] std::unique_ptr<HttpExchange> send(HttpRequest request);

  [[nodiscard]] const HttpSettings& settings() const noexcept { return shared_.settings; }

 private:
  [[nodiscard]] std::unique_ptr<HttpExchange> send_once(const HttpRequest& request);
  void trace(const std::string& line) const;

  HttpShared shared_;
};

}  // namespace imgcrypt
