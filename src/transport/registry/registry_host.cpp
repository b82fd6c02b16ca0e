#include "transport/registry/registry_host.hpp"

#include "transport/http/repeat.hpp"
#include "transport/http/waiting.hpp"
#include "transport/registry/certificates.hpp"
#include "transport/registry/registry_words.hpp"

#include <utility>

namespace imgcrypt {
namespace {

// Docker Hub's name is not its address.
std::string address_of(const std::string& host) {
  return host == "docker.io" ? "registry-1.docker.io" : host;
}

HttpSettings settings_for(const std::string& host, const RegistryOptions& options) {
  HttpSettings settings;
  const std::string address = address_of(host);
  settings.trust = find_trust(options, host, Url::parse("https://" + address + "/").authority());
  settings.timeout = options.network_timeout;
  settings.rate_limit = options.rate_limit;
  settings.trace = options.trace;
  return settings;
}

}  // namespace

RegistryHost::RegistryHost(std::string host, const RegistryOptions& options)
    : host_(std::move(host)),
      tls_(options.tls),
      retries_(options.retries),
      client_(settings_for(host_, options)) {}

const RegistryGreeting& RegistryHost::greeting() {
  const std::scoped_lock lock(mutex_);
  if (!greeting_) greeting_ = greet();
  return *greeting_;
}

// Plain http where nobody can listen in, or where the user has said that he does not mind.
bool RegistryHost::may_be_plain(const TransferFailure& failure) const {
  if (tls_ != TlsVerification::kOff && !Url::parse("https://" + address_of(host_) + "/").is_loopback())
    return false;
  switch (failure.kind()) {
    case TransferFailure::Kind::kNotTls:
    case TransferFailure::Kind::kLost:
    case TransferFailure::Kind::kUnreachable:  // http may have another port, or a proxy that knows the host
      return true;
    default:
      return false;
  }
}

RegistryGreeting RegistryHost::greet() {
  const std::string address = address_of(host_);
  const Url base = Url::parse("https://" + address + "/v2/");
  Backoff backoff(retries_);
  while (true) {
    try {
      return ping(base);
    } catch (const TransferFailure& failure) {
      if (may_be_plain(failure)) return greet_without_tls(Url::parse("http://" + address + "/v2/"), failure);
      if (failure.kind() != TransferFailure::Kind::kLost || !backoff.wait()) throw Error(failure.error());
    }
  }
}

// What is not a registry over http either has failed as https.
RegistryGreeting RegistryHost::greet_without_tls(const Url& base, const TransferFailure& failure) {
  try {
    return ping(base);
  } catch (const TransferFailure& plain) {
    if (plain.kind() == TransferFailure::Kind::kProxy) throw Error(plain.error());
    const Error& error = failure.error();
    if (failure.kind() == TransferFailure::Kind::kUnreachable) throw Error(error);
    throw Error(error.code(), error.message() + "; nor is it spoken to over plain http", error.hint());
  } catch (const Error& error) {
    const bool is_of_https =
        error.code() == ErrorCode::kRegistry && failure.kind() != TransferFailure::Kind::kNotTls;
    throw Error(is_of_https ? failure.error() : error);
  }
}

RegistryGreeting RegistryHost::ping(const Url& base) {
  Backoff backoff(retries_);
  while (true) {
    const auto answer = client_.send({"GET", base});
    const int status = answer->head().status;
    if (status == 401) return {base, AskedToLogIn{answer->request().url, answer->head()}};
    if (status == 200 || status == 403) return {base, std::nullopt};
    if (may_pass(status) && backoff.wait(bearable_wait(*answer))) continue;
    const std::string asked = " (GET " + base.string() + ")";
    if (may_pass(status))
      throw Error(ErrorCode::kRegistry, base.authority() + " answers " + status_words(*answer) + asked,
                  "try again later, or ask the registry's administrator");
    throw Error(ErrorCode::kRegistry,
                base.authority() + " does not answer like a registry: " + std::to_string(status) + asked,
                "check the host and the port");
  }
}

std::shared_ptr<RegistryHost> RegistryHosts::find(const std::string& host, const RegistryOptions& options) {
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<RegistryHost>& found = hosts_[host];
  if (!found) found = std::make_shared<RegistryHost>(host, options);
  return found;
}

}  // namespace imgcrypt
