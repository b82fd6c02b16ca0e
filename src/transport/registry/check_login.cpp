#include "transport/registry/check_login.hpp"

#include "transport/registry/registry_connection.hpp"

namespace imgcrypt {
namespace {

Credentials copy_of(const Credentials& from) {
  return {from.user, SecretBytes::copy_of(from.password.expose()),
          SecretBytes::copy_of(from.identity_token.expose()), from.origin};
}

}  // namespace

void check_login(const std::string& host, const Credentials& credentials, const RegistryOptions& options) {
  RegistryOptions own = options;
  own.credentials = [&](const RegistryReference&) { return std::optional(copy_of(credentials)); };
  // No repository, hence no scope: whoever has an account gets a token.
  RegistryConnection connection({.host = host, .repository = {}, .tag = {}}, own, {});
  const auto answer = connection.send({"GET", connection.url("").resolved("/v2/")});
  const int status = answer->head().status;
  if (status == 200) return;
  if (status != 401 && status != 403) throw connection.refusal(*answer, "log in");
  throw Error(ErrorCode::kRegistry,
              host + " refuses these credentials" +
                  (credentials.user.empty() ? std::string() : " of " + credentials.user) + " (" +
                  std::to_string(status) + ")",
              "check user and password; some registries want a token instead of the password");
}

}  // namespace imgcrypt
