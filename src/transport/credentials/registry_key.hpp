// What credentials are for: a registry, or the repositories below a path of it. The keys of containers'
// auth.json and Docker's config.json, in one spelling. A value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imgcrypt {

struct RegistryKey {
  std::string host;  // with the port if there is one; "docker.io" for Docker Hub
  std::string path;  // of repositories, without a slash at either end; empty: the whole registry

  // As people write it: HOST[:PORT][/PATH], or the URL of a registry, of which only the host counts. Throws
  // kUsage for everything else, also for a tag or a digest.
  static RegistryKey parse(std::string_view text);
  // As files write it, the URLs of old versions included. Any text gives a key, perhaps one that nothing has.
  static RegistryKey of_file(std::string_view text);
  // Those of ~/.dockercfg, of which only the host ever counted.
  static RegistryKey of_old_file(std::string_view text);

  [[nodiscard]] std::string string() const { return path.empty() ? host : host + "/" + path; }
  // Itself, then each shorter path, the whole registry last (containers-auth.json(5), "FORMAT").
  [[nodiscard]] std::vector<RegistryKey> with_parents() const;

  bool operator==(const RegistryKey&) const = default;
};

// What Docker calls a registry when it talks to a credential helper.
[[nodiscard]] std::string docker_server_name(const std::string& host);

}  // namespace imgcrypt
