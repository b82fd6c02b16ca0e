#include "transport/http/http_client.hpp"

#include "transport/http/transfer_error.hpp"

#include <utility>

namespace imgcrypt {
namespace {

constexpr int kMostRedirects = 10;

// nullopt if it is not a redirect that keeps the method.
std::optional<std::string> redirect_of(const HttpRequest& request, const HttpHead& head) {
  const bool is_reading = request.method == "GET" || request.method == "HEAD";
  const bool keeps_method = head.status == 307 || head.status == 308;
  const bool is_other = head.status == 301 || head.status == 302 || head.status == 303;
  if (!keeps_method && !(is_other && is_reading)) return std::nullopt;
  return head.find("Location");
}

Url next_url(const Url& from, const std::string& location) {
  Url next = from.resolved(location);
  if (from.is_https() && !next.is_https())
    throw Error(ErrorCode::kRegistry,
                from.authority() + " sends us from https to http (" + next.authority() + ")",
                "its administrator must set up https for this address");
  return next;
}

}  // namespace

HttpClient::HttpClient(HttpSettings settings) : shared_(std::move(settings)) { (void)curl_library(); }

std::unique_ptr<HttpExchange> HttpClient::send(HttpRequest request) {
  const HttpRequest first = request;
  for (int redirects = 0;; ++redirects) {
    auto exchange = send_once(request);
    const auto location = redirect_of(request, exchange->head());
    if (!location) return exchange;
    if (redirects == kMostRedirects)
      throw Error(ErrorCode::kRegistry,
                  first.url.authority() + " sends us from one address to the next, more than " +
                      std::to_string(kMostRedirects) + " times (" + name_of(first) + ")",
                  "look at the addresses with --debug, and have its administrator mend them");
    request.url = next_url(request.url, *location);
    request.authorization = request.url.has_origin_of(first.url) ? first.authorization : nullptr;
  }
}

std::unique_ptr<HttpExchange> HttpClient::send_once(const HttpRequest& request) {
  if (request.body != nullptr) request.body->rewind();
  trace("> " + name_of(request));
  try {
    auto exchange = std::make_unique<HttpExchange>(shared_, request);
    const HttpHead& head = exchange->await_head();
    trace("< " + std::to_string(head.status) + " from " + request.url.authority());
    return exchange;
  } catch (const TransferFailure& failure) {
    trace("< " + failure.error().message());
    throw;
  }
}

void HttpClient::trace(const std::string& line) const {
  if (shared_.settings.trace) shared_.settings.trace(line);
}

}  // namespace imgcrypt
