#include "transport/registry/registry_connection.hpp"

#include "transport/http/repeat.hpp"
#include "transport/registry/registry_words.hpp"

#include <utility>

namespace imgcrypt {
namespace {

// As often as a token can be refused: it may have just expired, and the new one may lack a scope that only
// the second answer names.
constexpr int kMostRenewals = 3;

const char* cure_for(int status) {
  switch (status) {
    case 404:
      return "run it again: it may have been deleted meanwhile; if it stays so, ask the registry's "
             "administrator";
    case 405:
    case 415:
    case 501:
      return "the registry, or how it is set up, does not offer this: ask its administrator, or use another "
             "one";
    default:
      return status >= 500 ? "try again later, or ask the registry's administrator"
                           : "see with --debug what was asked, and ask the registry's administrator";
  }
}

}  // namespace

RegistryConnection::RegistryConnection(RegistryReference image, const RegistryOptions& options,
                                       std::set<std::string> scopes)
    : image_(std::move(image)),
      options_(options),
      host_(options.hosts ? options.hosts->find(image_.host, options)
                          : std::make_shared<RegistryHost>(image_.host, options)),
      authorizer_(host_->client(), image_, options, std::move(scopes)) {}

Url RegistryConnection::url(const std::string& path) {
  const RegistryGreeting& greeting = host_->greeting();
  // Saves the first request from being refused.
  if (greeting.refusal) std::call_once(introduced_, [&] { (void)authorizer_.renew(*greeting.refusal, {}); });
  return greeting.base.resolved("/v2/" + image_.repository + "/" + path);
}

std::unique_ptr<HttpExchange> RegistryConnection::send_as(const HttpRequest& request, Repeat repeat) {
  return repeat == Repeat::kYes ? send_repeatedly(host_->client(), request, options_.retries)
                                : host_->client().send(request);
}

std::unique_ptr<HttpExchange> RegistryConnection::send(HttpRequest request, Repeat repeat) {
  const Url own = url("");
  for (int renewals = 0;; ++renewals) {
    const bool is_own = request.url.has_origin_of(own);
    request.authorization = is_own ? authorizer_.authorization() : nullptr;
    auto answer = send_as(request, repeat);
    const bool asks_us = answer->head().status == 401 && answer->request().url.has_origin_of(own);
    if (!asks_us || !is_own || renewals == kMostRenewals) return answer;
    if (!authorizer_.renew({answer->request().url, answer->head()}, request.authorization)) return answer;
  }
}

Error RegistryConnection::refusal(HttpExchange& answer, const std::string& action) {
  const std::string& host = answer.request().url.authority();
  const int status = answer.head().status;
  constexpr int kFirstError = 300;
  if (status < kFirstError && answer.head().find("Content-Type").value_or("").starts_with("text/html"))
    return page_instead_of(answer, "letting us " + action);
  const std::string says = status_words(answer);
  const std::string message = host + " does not let us " + action + ": " + says;
  switch (status) {
    case 401:
    case 403:
      if (!answer.request().url.has_origin_of(url("")))
        return {ErrorCode::kRegistry,
                message + "; " + image_.host + " sent us there, where its credentials do not go",
                "the administrator of " + image_.host + " must mend where it sends us"};
      return {ErrorCode::kRegistry, message + " (asked for " + authorizer_.who() + ")", authorizer_.cure()};
    case 413:
      return {ErrorCode::kRegistry, message,
              "it is too large for the registry, or for a proxy before it: its administrator can raise the "
              "limit"};
    case 429:
      return {ErrorCode::kRegistry, message,
              "wait, or log in: many registries allow more to those they know"};
    default:
      return {ErrorCode::kRegistry, message, cure_for(status)};
  }
}

}  // namespace imgcrypt
