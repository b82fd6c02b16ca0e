#include "transport/http/proxy_failure.hpp"

#include "transport/http/tls_failure.hpp"

namespace imgcrypt {
namespace {

using FailureKind = TransferFailure::Kind;

long number(CURL* easy, CURLINFO which) {
  long value = 0;
  curl_library().easy_getinfo(easy, which, &value);
  return value;
}

}  // namespace

std::string name_of_proxy(CURL* easy) {
  const char* address = nullptr;
  curl_library().easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  if (address == nullptr) return "the proxy";
  return "the proxy " + std::string(address) + " port " + std::to_string(number(easy, CURLINFO_PRIMARY_PORT));
}

bool is_between_us_and_proxy(const FailedTransfer& failed) {
  const Url& url = failed.request.url;
  if (!url.is_https()) return true;  // nobody else would speak TLS
  const long port = number(failed.easy, CURLINFO_PRIMARY_PORT);
  // A proxy that has answered has made way for the server.
  return port != 0 && port != url.port() && number(failed.easy, CURLINFO_HTTP_CONNECTCODE) == 0;
}

FailureReading no_tls_with_proxy(const FailedTransfer& failed) {
  const std::string proxy = name_of_proxy(failed.easy);
  if (failed.result == CURLE_PEER_FAILED_VERIFICATION)
    return {
        FailureKind::kProxy,
        "the certificate of " + proxy + " is not trusted by " + authorities(failed) + ": " + words_of(failed),
        "give the authority that signed it with --ca-file; " + std::string(kProxyCure)};
  if (is_plain_text(failed.words))
    return {FailureKind::kProxy, proxy + " does not speak https",
            "write http:// instead of https:// before its name in https_proxy or all_proxy"};
  return {FailureKind::kProxy, "no TLS connection to " + proxy + ": " + words_of(failed), kProxyCure};
}

}  // namespace imgcrypt
