#include "transport/http/server_certificate.hpp"

#include "base/text/encoding.hpp"
#include "transport/http/curl_line.hpp"
#include "transport/http/request_options.hpp"

#include <string_view>

namespace imgcrypt {
namespace {

constexpr long kMostSeconds = 5;
constexpr std::size_t kMostFieldBytes = 100;

// libcurl gives lines of "Name:value".
std::string field(const curl_slist* lines, std::string_view name) {
  for (; lines != nullptr; lines = lines->next) {
    const std::string_view line = lines->data;
    if (!line.starts_with(name) || line.size() == name.size() || line[name.size()] != ':') continue;
    return shortened(printable(std::string(line.substr(name.size() + 1))), kMostFieldBytes);
  }
  return {};
}

}  // namespace

std::string describe_server_certificate(const Url& url, HttpSettings settings) {
  settings.trust = {.verifies = false};
  CurlLine line;
  set_options(line, {"HEAD", url}, settings);
  line.set(CURLOPT_CONNECT_ONLY, 1L);
  line.set(CURLOPT_CERTINFO, 1L);
  line.set(CURLOPT_TIMEOUT, kMostSeconds);
  const curl_certinfo* chain = nullptr;
  if (curl_library().easy_perform(line.easy()) != CURLE_OK ||
      curl_library().easy_getinfo(line.easy(), CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr ||
      chain->num_of_certs == 0)
    return {};
  const curl_slist* const own = chain->certinfo[0];
  return "of " + field(own, "Subject") + ", issued by " + field(own, "Issuer");
}

}  // namespace imgcrypt
