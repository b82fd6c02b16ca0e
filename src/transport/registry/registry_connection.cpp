#include "transport/registry/registry_connection.hpp"

#include "transport/http/repeat.hpp"
#include "transport/http/waiting.hpp"
#include "transport/registry/certificates.hpp"
#include "transport/registry/registry_words.hpp"

#include <utility>

namespace imgcrypt {
namespace {

// As often as a token can be refused: it may have just expired, and the new one may lack a scope that only
// the second answer names.
constexpr int kMostRenewals = 3;

// Docker Hub's name is not its address.
std::string address_of(const std::string& host) {
  return host == "docker.io" ? "registry-1.docker.io" : host;
}

bool has_port(const std::string& host) {
  const std::size_t colon = host.rfind(':');
  return colon != std::string::npos && host.find(']', colon) == std::string::npos;
}

bool is_loopback(const std::string& host) {
  const std::string name = has_port(host) ? host.substr(0, host.rfind(':')) : host;
  if (name == "localhost" || name == "[::1]") return true;
  return name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string::npos;
}

HttpSettings settings_for(const RegistryReference& image, const RegistryOptions& options) {
  HttpSettings settings;
  const std::string address = address_of(image.host);
  settings.trust = find_trust(options, image.host, Url::parse("https://" + address + "/").authority());
  settings.timeout = options.network_timeout;
  settings.rate_limit = options.rate_limit;
  settings.trace = options.trace;
  return settings;
}

}  // namespace

RegistryConnection::RegistryConnection(RegistryReference image, const RegistryOptions& options,
                                       std::set<std::string> scopes)
    : image_(std::move(image)),
      options_(options),
      client_(settings_for(image_, options)),
      authorizer_(client_, image_, options, std::move(scopes)) {}

Url RegistryConnection::url(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  if (!base_) base_ = find_base();
  return base_->resolved("/v2/" + image_.repository + "/" + path);
}

// Plain http where nobody can listen in, or where the user has said that he does not mind.
bool RegistryConnection::may_be_plain(const TransferFailure& failure) const {
  if (options_.tls != TlsVerification::kOff && !is_loopback(image_.host)) return false;
  switch (failure.kind()) {
    case TransferFailure::Kind::kNotTls:
    case TransferFailure::Kind::kLost:
      return true;
    case TransferFailure::Kind::kUnreachable:
      return !has_port(image_.host);  // http has another port
    default:
      return false;
  }
}

Url RegistryConnection::find_base() {
  const std::string address = address_of(image_.host);
  const Url base = Url::parse("https://" + address + "/v2/");
  Backoff backoff(options_.retries);
  while (true) {
    try {
      ping(base);
      return base;
    } catch (const TransferFailure& failure) {
      if (may_be_plain(failure)) return find_plain(Url::parse("http://" + address + "/v2/"), failure);
      if (failure.kind() != TransferFailure::Kind::kLost || !backoff.wait()) throw Error(failure.error());
    }
  }
}

// What is not a registry over http either has failed as https.
Url RegistryConnection::find_plain(const Url& base, const TransferFailure& failure) {
  try {
    ping(base);
    return base;
  } catch (const TransferFailure&) {
    throw Error(failure.error());
  } catch (const Error& error) {
    const bool is_of_https =
        error.code() == ErrorCode::kRegistry && failure.kind() != TransferFailure::Kind::kNotTls;
    throw Error(is_of_https ? failure.error() : error);
  }
}

void RegistryConnection::ping(const Url& base) {
  Backoff backoff(options_.retries);
  while (true) {
    const auto answer = client_.send({"GET", base});
    const int status = answer->head().status;
    // Saves the next request from being refused.
    if (status == 401) (void)authorizer_.renew(*answer, {});
    if (status == 200 || status == 401 || status == 403) return;
    if (may_pass(status) && backoff.wait(bearable_wait(*answer))) continue;
    throw Error(ErrorCode::kRegistry,
                base.authority() + " does not answer like a registry (" + std::to_string(status) + " for " +
                    base.string() + ")",
                may_pass(status) ? "try again later, or ask the registry's administrator"
                                 : "check the host and the port");
  }
}

std::unique_ptr<HttpExchange> RegistryConnection::send_as(const HttpRequest& request, Repeat repeat) {
  return repeat == Repeat::kYes ? send_repeatedly(client_, request, options_.retries) : client_.send(request);
}

std::unique_ptr<HttpExchange> RegistryConnection::send(HttpRequest request, Repeat repeat) {
  const Url own = url("");
  for (int renewals = 0;; ++renewals) {
    const bool is_own = request.url.has_origin_of(own);
    request.authorization = is_own ? authorizer_.authorization() : std::string();
    auto answer = send_as(request, repeat);
    const bool asks_us = answer->head().status == 401 && answer->request().url.has_origin_of(own);
    if (!asks_us || !is_own || renewals == kMostRenewals) return answer;
    if (!authorizer_.renew(*answer, request.authorization)) return answer;
  }
}

Error RegistryConnection::refusal(HttpExchange& answer, const std::string& action) {
  const std::string& host = answer.request().url.authority();
  const int status = answer.head().status;
  const std::string says = status_words(answer);
  const std::string message = host + " does not let us " + action + ": " + says;
  switch (status) {
    case 401:
    case 403:
      return {ErrorCode::kRegistry, message + " (asked for " + authorizer_.who() + ")",
              "log in as somebody who may: imgcrypt login " + image_.host};
    case 413:
      return {ErrorCode::kRegistry, message,
              "it is too large for the registry, or for a proxy before it: its administrator can raise the "
              "limit"};
    case 429:
      return {ErrorCode::kRegistry, message,
              "wait, or log in: many registries allow more to those they know"};
    default:
      return {ErrorCode::kRegistry, message,
              status >= 500 ? "try again later, or ask the registry's administrator" : ""};
  }
}

}  // namespace imgcrypt
