#include "transport/credentials/registry_key.hpp"

#include "transport/registry/registry_reference.hpp"

#include <imgcrypt/error.hpp>

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

// Whether there can be images below it.
bool is_usable(const RegistryKey& key) {
  try {
    const auto image =
        RegistryReference::parse_repository("//" + key.host + "/" + (key.path.empty() ? "any" : key.path));
    // A path of one word is a user of Docker Hub, but a name of one word is an image of its `library`.
    return image.host == key.host && image.tag.empty() && !image.digest &&
           (key.path.empty() || image.repository.ends_with(key.path));
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

RegistryKey RegistryKey::parse(std::string_view text) {
  refuse_credentials(text);
  const std::string_view url = after_scheme(text);
  const RegistryKey key = url.empty() ? split(text) : host_only(url);
  if (!is_usable(key) || (url.empty() && text.ends_with('/')))
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
