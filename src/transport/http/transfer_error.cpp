#include "transport/http/transfer_error.hpp"

#include "transport/http/server_certificate.hpp"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <utility>

namespace imgcrypt {
namespace {

using FailureKind = TransferFailure::Kind;

constexpr const char* kProxyCure =
    "check https_proxy, http_proxy, all_proxy and no_proxy, also user and password in them";
constexpr const char* kPlainCure = "if it is meant to speak plain http, say so with --tls-verify=false";
constexpr int kWantsLogin = 407;

struct Reading {
  FailureKind kind;
  std::string says;
  std::string hint;
  ErrorCode code = ErrorCode::kNetwork;
};

// libcurl asks a new connection for its addresses. Where the server is gone by then, it tells of that first.
bool is_beside_the_point(std::string_view words) {
  return words.empty() || words.starts_with("getpeername()") || words.starts_with("getsockname()");
}

// libcurl quotes the address of a proxy as the environment has it.
std::string without_users(std::string words) {
  for (std::size_t at = words.find("://"); at != std::string::npos; at = words.find("://", at)) {
    at += 3;
    const std::size_t end = words.find_first_of("/ '\"", at);
    const std::size_t user = words.rfind('@', end);
    if (user != std::string::npos && user >= at) words.erase(at, user + 1 - at);
  }
  return words;
}

std::string words_of(const FailedTransfer& failed) {
  const std::string words = is_beside_the_point(failed.words) ? curl_library().easy_strerror(failed.result)
                                                              : std::string(failed.words);
  return shortened(printable(without_users(words)), 200);
}

std::string authorities(const FailedTransfer& failed) {
  const HttpTrust& trust = failed.settings.trust;
  const char* folder = nullptr;
  curl_library().easy_getinfo(failed.easy, CURLINFO_CAPATH, &folder);
  if (!trust.system_folder.empty()) folder = trust.system_folder.c_str();
  std::string text = "the system's authorities";
  if (folder != nullptr) text += " (" + std::string(folder) + ")";
  for (const auto& file : trust.authority_files) text += ", " + file.string();
  return text;
}

bool has_any(std::string_view words, std::initializer_list<std::string_view> signs) {
  return std::ranges::any_of(
      signs, [&](std::string_view sign) { return words.find(sign) != std::string_view::npos; });
}

// Servers that speak plain http answer a TLS greeting with text, which OpenSSL takes for a strange record.
bool is_plain_text(std::string_view words) {
  return has_any(words, {"wrong version number", "packet length too long", "http request",
                         "unexpected message", "unknown alert type"});
}

// Others close the connection on such a greeting.
bool is_hang_up(std::string_view words) {
  return has_any(words, {"SSL_ERROR_SYSCALL", "SSL_ERROR_ZERO_RETURN", "unexpected eof", "reset by peer"});
}

// Where the registry's certificates are, or else could be.
std::string certificate_folder(const FailedTransfer& failed) {
  const HttpTrust& trust = failed.settings.trust;
  const std::string authority = failed.request.url.authority();
  const bool is_in_use = !trust.folder.empty() && trust.certificate_origin == authority;
  return is_in_use ? trust.folder.string() : "/etc/containers/certs.d/" + authority;
}

std::string certificate_hint(const FailedTransfer& failed) {
  return "if it wants a client certificate, " + client_certificate_cure(certificate_folder(failed));
}

// libcurl's words for a certificate that is valid, but not for the host that was asked.
bool is_for_another_name(std::string_view words) {
  return words.find("does not match") != std::string_view::npos ||
         words.find("no alternative certificate subject name") != std::string_view::npos;
}

bool is_of_another_time(std::string_view words) {
  return words.find("certificate has expired") != std::string_view::npos ||
         words.find("certificate is not yet valid") != std::string_view::npos;
}

// " (of CN = registry, issued by CN = Our CA)"
std::string whose_certificate(const FailedTransfer& failed) {
  const std::string whose = describe_server_certificate(failed.request.url, failed.settings);
  return whose.empty() ? whose : " (" + whose + ")";
}

Reading untrusted_certificate(const FailedTransfer& failed) {
  const std::string certificate = "its certificate" + whose_certificate(failed);
  if (is_for_another_name(failed.words))
    return {FailureKind::kUntrusted, certificate + " is for another name: " + words_of(failed),
            "use a name that the certificate is for, or have the server give one for this name"};
  if (is_of_another_time(failed.words))
    return {FailureKind::kUntrusted, certificate + " is not valid now: " + words_of(failed),
            "have the certificate renewed, or set this machine's clock if it is wrong"};
  return {FailureKind::kUntrusted,
          certificate + " is not trusted by " + authorities(failed) + ": " + words_of(failed),
          "give the authority that signed it with --ca-file, or put it into " + certificate_folder(failed) +
              "/ca.crt"};
}

Reading untrusted(const FailedTransfer& failed) {
  switch (failed.result) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return untrusted_certificate(failed);
    case CURLE_SSL_CERTPROBLEM:
      return {FailureKind::kUntrusted,
              "client certificate " + failed.settings.trust.certificate.string() +
                  " cannot be used with its key: " + words_of(failed),
              client_certificate_cure(certificate_folder(failed)), ErrorCode::kUsage};
    case CURLE_SSL_CACERT_BADFILE:
      return {FailureKind::kUntrusted,
              "the certificates cannot be read of " + authorities(failed) + ": " + words_of(failed),
              "give certificates in PEM"};
    default:
      return {FailureKind::kUntrusted, "no TLS connection: " + words_of(failed), certificate_hint(failed)};
  }
}

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

Reading unreachable(const FailedTransfer& failed) {
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

// With TLS 1.3 a server misses our certificate only when the handshake is over for us. What we then send may
// find the connection gone before its alert was read.
bool may_want_certificate(const FailedTransfer& failed) {
  long answered = 0;
  curl_library().easy_getinfo(failed.easy, CURLINFO_HEADER_SIZE, &answered);
  return failed.request.url.is_https() && answered == 0 &&
         !failed.settings.trust.shows_certificate_to(failed.request.url.authority());
}

Reading lost(const FailedTransfer& failed) {
  long from_proxy = 0;
  curl_library().easy_getinfo(failed.easy, CURLINFO_HTTP_CONNECTCODE, &from_proxy);
  if (from_proxy >= 300)
    return {from_proxy == kWantsLogin ? FailureKind::kProxy : FailureKind::kUnreachable,
            "the proxy refuses the connection (" + std::to_string(from_proxy) + ")", kProxyCure};
  return {FailureKind::kLost, "the connection broke: " + words_of(failed),
          may_want_certificate(failed) ? "try again; " + certificate_hint(failed) : "try again"};
}

Reading reading_of(const FailedTransfer& failed) {
  switch (failed.result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return unreachable(failed);
    case CURLE_SSL_CONNECT_ERROR:
      if (is_plain_text(failed.words)) return {FailureKind::kNotTls, "it does not speak https", kPlainCure};
      if (is_hang_up(failed.words))
        return {FailureKind::kLost, "it broke the connection when https was to begin: " + words_of(failed),
                std::string("try again; ") + kPlainCure + "; " + certificate_hint(failed)};
      return untrusted(failed);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
      return untrusted(failed);
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
  Reading reading = reading_of(failed);
  if (reading.kind == FailureKind::kStalled)
    return {reading.kind, stall_error(failed.request, failed.settings.timeout)};
  return {reading.kind,
          Error(reading.code,
                failed.request.url.authority() + ": " + reading.says + " (" + name_of(failed.request) + ")",
                std::move(reading.hint))};
}

TransferFailure proxy_refusal(const HttpRequest& request, CURL* easy) {
  const char* address = nullptr;
  long port = 0;
  curl_library().easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  curl_library().easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
  const std::string proxy = address == nullptr ? "" : std::string(address) + " port " + std::to_string(port);
  return {FailureKind::kProxy, Error(ErrorCode::kNetwork,
                                     request.url.authority() + ": the proxy " + proxy +
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
