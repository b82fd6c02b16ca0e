// Requests to one repository of one registry, sent by whoever we are there, and repeated where that helps.
// One for each side of a command; may be used by several threads at once.
#pragma once

#include "transport/http/http_client.hpp"
#include "transport/registry/authorizer.hpp"
#include "transport/registry/registry_options.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace imgcrypt {

// Whether the server may get a request a second time.
enum class Repeat { kYes, kNo };

class RegistryConnection {
 public:
  // Loads libcurl and reads the certificates; throws as curl_library() and find_trust(). Nobody is asked yet.
  // `scopes` as Authorizer has them.
  RegistryConnection(RegistryReference image, const RegistryOptions& options, std::set<std::string> scopes);

  // The URL of `path` in the repository: /v2/REPOSITORY/PATH. The first call finds out whether the registry
  // speaks https: if not, it is asked over http where TlsVerification allows that. Throws kNetwork; kRegistry
  // when what answers is not a registry.
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
  [[nodiscard]] Url find_base();
  [[nodiscard]] Url find_plain(const Url& base, const TransferFailure& failure);
  [[nodiscard]] bool may_be_plain(const TransferFailure& failure) const;
  void ping(const Url& base);
  [[nodiscard]] std::unique_ptr<HttpExchange> send_as(const HttpRequest& request, Repeat repeat);

  RegistryReference image_;
  RegistryOptions options_;
  HttpClient client_;
  Authorizer authorizer_;
  std::mutex mutex_;
  std::optional<Url> base_;
};

}  // namespace imgcrypt
