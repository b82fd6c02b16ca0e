#include "transport/http/transfer_error.hpp"

#include "transport/http/proxy_failure.hpp"
#include "transport/http/tls_failure.hpp"

#include <cstring>
#include <utility>

namespace imgcrypt {
namespace {

using FailureKind = TransferFailure::Kind;

constexpr int kWantsLogin = 407;

// " by ADDRESS port N, the proxy" where libcurl tried to reach another host than the request's.
std::string proxy_in(const FailedTransfer& failed) {
  constexpr std::string_view kBegin = "Failed to connect to ";
  if (!failed.words.starts_with(kBegin)) return {};
  const std::string_view rest = failed.words.substr(kBegin.size());
  const std::string_view address = rest.substr(0, rest.find(" after "));
  const std::string_view host = address.substr(0, address.find(' '));
  if (failed.request.url.authority().find(host) != std::string::npos) return {};
  return " by " + printable(std::string(address)) + ", the proxy";
}

FailureReading unreachable(const FailedTransfer& failed) {
  long number = 0;
  curl_library().easy_getinfo(failed.easy, CURLINFO_OS_ERRNO, &number);
  switch (failed.result) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {FailureKind::kUnreachable, "no address is known for this host",
              "check the host's name and this machine's name server"};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {FailureKind::kUnreachable, "no address is known for the proxy", kProxyCure};
    case CURLE_PROXY:
      return {FailureKind::kUnreachable, "the proxy refuses: " + words_of(failed), kProxyCure};
    default:
      return {FailureKind::kUnreachable,
              (number != 0 ? std::strerror(static_cast<int>(number)) : words_of(failed)) + proxy_in(failed),
              "check the host, the port, the network, and proxies in the environment"};
  }
}

FailureReading lost(const FailedTransfer& failed) {
  long from_proxy = 0;
  curl_library().easy_getinfo(failed.easy, CURLINFO_HTTP_CONNECTCODE, &from_proxy);
  if (from_proxy >= 300)
    return {from_proxy == kWantsLogin ? FailureKind::kProxy : FailureKind::kUnreachable,
            "the proxy refuses the connection (" + std::to_string(from_proxy) + ")", kProxyCure};
  return {FailureKind::kLost, "the connection broke: " + words_of(failed),
          may_want_certificate(failed) ? "try again; " + certificate_hint(failed) : "try again"};
}

FailureReading reading_of(const FailedTransfer& failed) {
  switch (failed.result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return unreachable(failed);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      if (is_between_us_and_proxy(failed)) return no_tls_with_proxy(failed);
      return failed.result == CURLE_SSL_CONNECT_ERROR ? refused_greeting(failed) : untrusted(failed);
    case CURLE_OPERATION_TIMEDOUT:
      return {FailureKind::kStalled, {}, {}};
    default:
      // With TLS 1.3 a server misses our certificate only when the handshake is over.
      if (failed.words.find(" alert ") != std::string_view::npos) return untrusted(failed);
      return lost(failed);
  }
}

}  // namespace

std::string name_of(const HttpRequest& request) { return request.method + " " + request.url.redacted(); }

TransferFailure transfer_failure(const FailedTransfer& failed) {
  FailureReading reading = reading_of(failed);
  if (reading.kind == FailureKind::kStalled)
    return {reading.kind, stall_error(failed.request, failed.settings.timeout)};
  return {reading.kind,
          Error(reading.code,
                failed.request.url.authority() + ": " + reading.says + " (" + name_of(failed.request) + ")",
                std::move(reading.hint))};
}

TransferFailure proxy_refusal(const HttpRequest& request, CURL* easy) {
  return {FailureKind::kProxy, Error(ErrorCode::kNetwork,
                                     request.url.authority() + ": " + name_of_proxy(easy) +
                                         " refuses the request (407) (" + name_of(request) + ")",
                                     kProxyCure)};
}

Error stall_error(const HttpRequest& request, std::chrono::seconds time, Stall stall) {
  const std::string seconds = std::to_string(time.count()) + " seconds";
  const std::string what =
      stall == Stall::kSilent ? "no answer for " + seconds : "too slow: less than 4 KiB in " + seconds;
  return Error(ErrorCode::kNetwork, request.url.authority() + ": " + what + " (" + name_of(request) + ")",
               "try again; --network-timeout waits longer")
      .after_silences(1);
}

}  // namespace imgcrypt
