#include "transport/http/tls_failure.hpp"

#include "transport/http/server_certificate.hpp"

#include <algorithm>
#include <initializer_list>

namespace imgcrypt {
namespace {

using FailureKind = TransferFailure::Kind;

// Where that is not tried anyway.
std::string cure_for_plain(const FailedTransfer& failed) {
  if (!failed.settings.trust.verifies || failed.request.url.is_loopback())
    return "check the host and the port";
  return "if it is meant to speak plain http, say so with --tls-verify=false";
}

bool has_any(std::string_view words, std::initializer_list<std::string_view> signs) {
  return std::ranges::any_of(
      signs, [&](std::string_view sign) { return words.find(sign) != std::string_view::npos; });
}

// Servers that speak plain http also close the connection on a greeting of TLS.
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

FailureReading untrusted_certificate(const FailedTransfer& failed) {
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

}  // namespace

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

// OpenSSL takes the text for a strange record.
bool is_plain_text(std::string_view words) {
  return has_any(words, {"wrong version number", "packet length too long", "http request",
                         "unexpected message", "unknown alert type"});
}

FailureReading untrusted(const FailedTransfer& failed) {
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

FailureReading refused_greeting(const FailedTransfer& failed) {
  if (is_plain_text(failed.words))
    return {FailureKind::kNotTls, "it does not speak https", cure_for_plain(failed)};
  if (is_hang_up(failed.words))
    return {FailureKind::kLost, "it broke the connection when https was to begin: " + words_of(failed),
            "try again; " + cure_for_plain(failed) + "; " + certificate_hint(failed)};
  return untrusted(failed);
}

// With TLS 1.3 a server misses our certificate only when the handshake is over for us. What we then send may
// find the connection gone before its alert was read.
bool may_want_certificate(const FailedTransfer& failed) {
  long answered = 0;
  curl_library().easy_getinfo(failed.easy, CURLINFO_HEADER_SIZE, &answered);
  return failed.request.url.is_https() && answered == 0 &&
         !failed.settings.trust.shows_certificate_to(failed.request.url.authority());
}

std::string certificate_hint(const FailedTransfer& failed) {
  return "if it wants a client certificate, " + client_certificate_cure(certificate_folder(failed));
}

}  // namespace imgcrypt
