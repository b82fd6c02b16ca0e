// Who we are for a registry: the header `Authorization`, and how to get a new one when the registry asks for
// it (distribution specification; Docker's token authentication). For all threads of a connection.
#pragma once

#include "transport/http/http_client.hpp"
#include "transport/registry/challenge.hpp"
#include "transport/registry/registry_host.hpp"
#include "transport/registry/registry_options.hpp"
#include "transport/registry/registry_reference.hpp"

#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace imgcrypt {

// Basic, or a Bearer token for all scopes that the connection needs, so that one serves many layers. Tokens
// and passwords are in no message.
class Authorizer {
 public:
  // `scopes`: e.g. "repository:library/busybox:pull". Asks nobody yet. The client must outlive it.
  Authorizer(HttpClient& client, RegistryReference image, const RegistryOptions& options,
             std::set<std::string> scopes);

  // What to send now; null until a registry has asked.
  [[nodiscard]] SharedSecret authorization();
  // After a 401 to a request that had `used`: whether there is another authorization to try. Where several
  // threads ask at once, one gets it for all. Throws kRegistry when our credentials are refused, or would
  // have to go where they may not; kNetwork; and what RegistryOptions::credentials throws.
  [[nodiscard]] bool renew(const AskedToLogIn& refused, const SharedSecret& used);
  // For messages: the scopes, and "anonymous" or "with the credentials of FILE".
  [[nodiscard]] std::string who();
  // What to do when they do not suffice.
  [[nodiscard]] std::string cure();

 private:
  const Credentials* credentials();
  [[nodiscard]] SecretBytes token(const Challenge& challenge, const Url& registry);
  [[nodiscard]] HttpRequest token_request(const Challenge& challenge, const Url& realm);
  [[nodiscard]] SecretBytes form(const Challenge& challenge, const Credentials& credentials) const;
  [[nodiscard]] std::string described() const;
  [[nodiscard]] std::string cure_for_who() const;

  HttpClient& client_;
  RegistryReference image_;
  RegistryOptions options_;
  std::mutex mutex_;
  std::set<std::string> scopes_;
  SharedSecret authorization_;
  bool has_asked_ = false;  // for credentials
  std::optional<Credentials> credentials_;
  bool is_token_useless_ = false;  // an identity token, which Basic has no use for
};

}  // namespace imgcrypt
