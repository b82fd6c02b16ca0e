#include "transport/credentials/registry_key.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr std::string_view kDockerHub = "docker.io";

std::string one_name(std::string_view host) {
  const bool is_hub = host == "index.docker.io" || host == "registry-1.docker.io";
  return std::string(is_hub ? kDockerHub : host);
}

// The rest after http:// or https://; empty if there is no such prefix.
std::string_view after_scheme(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) return text.substr(scheme.size());
  }
  return {};
}

RegistryKey split(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {one_name(text), {}};
  return {one_name(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

RegistryKey host_only(std::string_view text) { return {one_name(text.substr(0, text.find('/'))), {}}; }

bool consists_of(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
  });
}

bool is_host(std::string_view text) {
  const std::size_t end = text.starts_with('[') ? text.find(']') : text.find(':');
  const bool is_ipv6 = text.starts_with('[') && end != std::string_view::npos;
  const std::string_view name = is_ipv6 ? text.substr(0, end + 1) : text.substr(0, end);
  const std::string_view port = text.substr(name.size());
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  const bool is_name = is_ipv6 ? consists_of(lower, "[]:.%") : consists_of(lower, ".-_");
  const bool is_port = port.empty() || (port.size() > 1 && port.size() <= 6 && port[0] == ':' &&
                                        port.substr(1).find_first_not_of("0123456789") == std::string::npos);
  return !name.empty() && !name.starts_with('-') && is_name && is_port;
}

bool is_path(std::string_view text) {
  return consists_of(text, "._-/") && !text.starts_with('/') && !text.ends_with('/') &&
         text.find("//") == std::string_view::npos;
}

}  // namespace

RegistryKey RegistryKey::parse(std::string_view text) {
  const std::string_view url = after_scheme(text);
  const RegistryKey key = url.empty() ? split(text) : host_only(url);
  const std::string_view path = text.find('/') == std::string_view::npos || !url.empty()
                                    ? std::string_view()
                                    : std::string_view(key.path);
  const bool has_empty_path = url.empty() && text.ends_with('/');
  if (!is_host(key.host) || !is_path(path) || has_empty_path)
    throw Error(ErrorCode::kUsage, "'" + std::string(text) + "' does not name a registry",
                "write HOST[:PORT], or HOST[:PORT]/PATH for the repositories below a path, without a tag");
  return key;
}

RegistryKey RegistryKey::of_file(std::string_view text) {
  const std::string_view url = after_scheme(text);
  return url.empty() ? split(text) : host_only(url);
}

RegistryKey RegistryKey::of_old_file(std::string_view text) {
  const std::string_view url = after_scheme(text);
  return host_only(url.empty() ? text : url);
}

std::vector<RegistryKey> RegistryKey::with_parents() const {
  std::vector<RegistryKey> keys = {*this};
  while (!keys.back().path.empty()) {
    const std::string& last = keys.back().path;
    const std::size_t slash = last.rfind('/');
    keys.push_back({host, slash == std::string::npos ? std::string() : last.substr(0, slash)});
  }
  return keys;
}

std::string docker_server_name(const std::string& host) {
  return host == kDockerHub ? "https://index.docker.io/v1/" : host;
}

}  // namespace imgcrypt
