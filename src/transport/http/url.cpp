#include "transport/http/url.hpp"

#include "base/bytes.hpp"
#include "transport/http/curl_library.hpp"

#include <imgcrypt/error.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostUrlBytes = 16 * 1024;
constexpr const char* kAddressCure =
    "see with --debug what was asked, and have its administrator mend the address";

struct UrlCleanup {
  void operator()(CURLU* url) const noexcept { curl_library().url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, UrlCleanup>;

// Its text is not quoted: it may hold signatures.
[[noreturn]] void refuse_url() {
  throw Error(ErrorCode::kRegistry, "the registry named an address that is not an http or https URL",
              kAddressCure);
}

// Empty if there is none.
std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_library().url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_library().free(text);
  return copy;
}

void set(CURLU* url, const std::string& text) {
  const bool is_clean =
      text.size() <= kMostUrlBytes && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
  if (!is_clean) refuse_url();
  const CURLUcode result = curl_library().url_set(url, CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER);
  if (result == CURLUE_USER_NOT_ALLOWED)
    throw Error(ErrorCode::kRegistry,
                "the registry named an address with a user's name, which is not followed", kAddressCure);
  if (result != CURLUE_OK) refuse_url();
}

// libcurl decodes %XX in a host and gives the bytes back as they are, which make another address.
bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return (c < 0x80 && std::isalnum(c) != 0) ||
           std::string_view("-._[]:").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// Also of IPv4, mapped: ::ffff:127.0.0.1.
bool is_loopback_v6(std::string_view text) noexcept {
  constexpr std::uint8_t kLoopbackNet = 127;
  constexpr std::size_t kV4Begins = 12;
  std::array<char, INET6_ADDRSTRLEN> terminated = {};
  if (text.size() >= terminated.size()) return false;
  std::ranges::copy(text, terminated.begin());
  in6_addr address = {};
  if (::inet_pton(AF_INET6, terminated.data(), &address) != 1) return false;
  const bool is_mapped = IN6_IS_ADDR_V4MAPPED(&address);
  return IN6_IS_ADDR_LOOPBACK(&address) || (is_mapped && address.s6_addr[kV4Begins] == kLoopbackNet);
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

Url Url::parse(const std::string& text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) refuse_url();
  const CurlUrl parts(curl_library().url());
  if (!parts) throw std::bad_alloc();
  set(parts.get(), text);
  Url url;
  // A fragment is the client's own business and is never sent.
  if (curl_library().url_set(parts.get(), CURLUPART_FRAGMENT, nullptr, 0) != CURLUE_OK) refuse_url();
  url.text_ = part(parts.get(), CURLUPART_URL);
  url.is_https_ = part(parts.get(), CURLUPART_SCHEME) == "https";
  const std::string port = part(parts.get(), CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  const std::string host = part(parts.get(), CURLUPART_HOST);
  if (!is_host(host)) refuse_url();
  url.port_ = std::stol(part(parts.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
  url.authority_ = lower_case(host) + (port.empty() ? "" : ":" + port);
  return url;
}

Url Url::resolved(const std::string& location) const {
  const CurlUrl parts(curl_library().url());
  if (!parts) throw std::bad_alloc();
  set(parts.get(), text_);
  try {
    set(parts.get(), location);
    return parse(part(parts.get(), CURLUPART_URL));
  } catch (const Error& error) {
    throw error.in(authority_ + " sends us to another address");
  }
}

Url Url::with_query(std::string_view name, std::string_view value) const {
  Url url = *this;
  url.text_ += text_.find('?') == std::string::npos ? '?' : '&';
  url.text_ += std::string(name) + "=" + percent_encoded(value);
  return url;
}

bool Url::is_loopback() const noexcept {
  const std::string_view host =
      std::string_view(authority_).substr(0, authority_.find(':', authority_.rfind(']') + 1));
  if (host == "localhost") return true;
  if (host.starts_with('[')) return is_loopback_v6(host.substr(1, host.size() - 2));
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string Url::redacted() const {
  const std::size_t query = text_.find('?');
  std::string result = text_.substr(0, query);
  if (query == std::string::npos) return result;
  bool is_value = false;
  for (const char c : text_.substr(query)) {
    if (c == '&') is_value = false;
    if (!is_value) result += c;
    if (c != '=' || is_value) continue;
    is_value = true;
    result += "...";
  }
  return result;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  result.reserve(3 * text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte) != 0) ||
        std::string_view("-._~").find(c) != std::string_view::npos) {
      result += c;
    } else {
      result += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return result;
}

}  // namespace imgcrypt
