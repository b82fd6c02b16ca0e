#include "transport/http/request_options.hpp"

#include <chrono>
#include <cstring>
#include <new>

namespace imgcrypt {
namespace {

constexpr long kBufferBytes = 128 * 1024;

void set_transport(CurlLine& line, const HttpSettings& settings) {
  line.set(CURLOPT_PROTOCOLS_STR, "http,https");
  line.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  line.set(CURLOPT_NOSIGNAL, 1L);
  line.set(CURLOPT_TCP_KEEPALIVE, 1L);
  line.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  line.set(CURLOPT_BUFFERSIZE, kBufferBytes);
  line.set(CURLOPT_UPLOAD_BUFFERSIZE, kBufferBytes);
  // Divided among a host's addresses.
  line.set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(settings.timeout.count()));
  line.set(CURLOPT_USERAGENT, "imgcrypt");
}

void set_method(CurlLine& line, const HttpRequest& request) {
  if (request.body != nullptr) {
    line.set(CURLOPT_UPLOAD, 1L);
    line.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
  }
  if (request.method == "HEAD") {
    line.set(CURLOPT_NOBODY, 1L);
  } else {
    line.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void set_trust(CurlLine& line, const HttpRequest& request, const HttpTrust& trust) {
  line.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  line.set(CURLOPT_SSL_VERIFYPEER, trust.verifies ? 1L : 0L);
  line.set(CURLOPT_SSL_VERIFYHOST, trust.verifies ? 2L : 0L);
  if (!trust.authorities.empty()) {
    // libcurl copies it. The system's folder of authorities is still looked into.
    curl_blob blob{const_cast<char*>(trust.authorities.data()), trust.authorities.size(), CURL_BLOB_COPY};
    line.set(CURLOPT_CAINFO_BLOB, &blob);
    line.set(CURLOPT_PROXY_CAINFO_BLOB, &blob);
  }
  if (!trust.system_folder.empty()) {
    line.set(CURLOPT_CAPATH, trust.system_folder.c_str());
    line.set(CURLOPT_PROXY_CAPATH, trust.system_folder.c_str());
  }
  if (!trust.shows_certificate_to(request.url.authority())) return;
  line.set(CURLOPT_SSLCERT, trust.certificate.c_str());
  line.set(CURLOPT_SSLKEY, trust.key.c_str());
  // Without one OpenSSL would ask on the terminal, or take it from stdin.
  line.set(CURLOPT_KEYPASSWD, "");
}

}  // namespace

HeaderLines::HeaderLines(const HttpRequest& request) {
  // Empty: without it, an upload would first wait for a permission that registries do not give.
  add("Expect:");
  for (const HttpHeader& header : request.headers) add((header.name + ": " + header.value).c_str());
  if (!request.authorization) return;
  const std::string_view value = as_text(request.authorization->expose());
  const SecretBytes line = SecretBytes::joined({"Authorization: ", value, std::string_view("", 1)});
  add(as_text(line.expose()).data());
}

HeaderLines::~HeaderLines() {
  for (const curl_slist* line = list_; line != nullptr; line = line->next)
    wipe({reinterpret_cast<std::uint8_t*>(line->data), std::strlen(line->data)});
  curl_library().slist_free_all(list_);
}

void HeaderLines::add(const char* line) {
  curl_slist* const longer = curl_library().slist_append(list_, line);
  if (longer == nullptr) throw std::bad_alloc();
  list_ = longer;
}

void set_options(CurlLine& line, const HttpRequest& request, const HttpSettings& settings) {
  curl_library().easy_reset(line.easy());
  line.set(CURLOPT_URL, request.url.string().c_str());
  // As Go's programs do: a proxy cannot mean the same host by it, and plain http is spoken to this one alone.
  if (request.url.is_loopback()) line.set(CURLOPT_PROXY, "");
  set_transport(line, settings);
  set_method(line, request);
  set_trust(line, request, settings.trust);
}

}  // namespace imgcrypt
