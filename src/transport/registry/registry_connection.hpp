// Requests to one repository of one registry, sent by whoever we are there, and repeated where that helps.
// May be used by several threads at once.
#pragma once

#include "transport/registry/authorizer.hpp"
#include "transport/registry/registry_host.hpp"
#include "transport/registry/registry_options.hpp"

#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace imgcrypt {

// Whether the server may get a request a second time.
enum class Repeat { kYes, kNo };

class RegistryConnection {
 public:
  // Throws as RegistryHost. Nobody is asked yet. `scopes` as Authorizer has them.
  RegistryConnection(RegistryReference image, const RegistryOptions& options, std::set<std::string> scopes);

  // The URL of `path` in the repository: /v2/REPOSITORY/PATH. The first call finds out where and what the
  // registry is. Throws as RegistryHost::greeting, and as Authorizer::renew.
  [[nodiscard]] Url url(const std::string& path);
  // The answer, whatever its status, after a new token if there was a 401; with kYes, after retries.
  // `Authorization` is set here, for the registry's own origin only. Throws as send_repeatedly(), and as
  // Authorizer::renew; with kNo TransferFailure too. The body is rewound for each try.
  [[nodiscard]] std::unique_ptr<HttpExchange> send(HttpRequest request, Repeat repeat = Repeat::kYes);

  // An answer that is not what was hoped for, as an error: kRegistry. `action` completes "does not let us":
  // "read docker://...". Reads the body, for the registry's own words.
  [[nodiscard]] Error refusal(HttpExchange& answer, const std::string& action);

  [[nodiscard]] const RegistryReference& image() const noexcept { return image_; }
  [[nodiscard]] int retries() const noexcept { return options_.retries; }

 private:
  [[nodiscard]] std::unique_ptr<HttpExchange> send_as(const HttpRequest& request, Repeat repeat);

  RegistryReference image_;
  RegistryOptions options_;
  std::shared_ptr<RegistryHost> host_;
  Authorizer authorizer_;
  std::once_flag introduced_;
};

}  // namespace imgcrypt
