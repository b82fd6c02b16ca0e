// How to talk to a registry: who we are, whom we trust, how long we wait. Values that cli makes of options,
// files and the environment; all functions may be called by several threads at once.
#pragma once

#include "base/secret_bytes.hpp"
#include "transport/registry/registry_reference.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imgcrypt {

// What somebody logs in with: user and password (Basic), or an identity token, which is exchanged for access
// tokens (OAuth2, "refresh_token").
struct Credentials {
  std::string user;
  SecretBytes password;
  SecretBytes identity_token;
  std::string origin;  // for messages: "/root/.docker/config.json", "docker-credential-pass", "--creds"
};

enum class TlsVerification {
  kRequired,  // https with a certificate that is trusted; plain http only to loopback
  kOff,       // https without looking at the certificate, else plain http
};

class RegistryHosts;

struct RegistryOptions {
  // Whose credentials to use; nullopt: anonymous. Asked once for each registry host and repository, when the
  // registry wants to know. May run a credential helper. Throws what is wrong with the files.
  std::function<std::optional<Credentials>(const RegistryReference& image)> credentials = {};
  // The option that says to be anonymous, for hints; empty: there is none.
  std::string anonymous_by = {};
  TlsVerification tls = TlsVerification::kRequired;
  // Certificates in PEM that are trusted besides the system's; empty: none.
  std::filesystem::path ca_file = {};
  // What takes the place of the system's authorities: a file in PEM and a folder, as OpenSSL's SSL_CERT_FILE
  // and SSL_CERT_DIR. Empty: the system's.
  std::filesystem::path system_ca_file = {};
  std::filesystem::path system_ca_directory = {};
  // Holds *.crt (authorities), NAME.cert and NAME.key (client certificates), as containers-certs.d(5) says.
  // Empty: the folders named HOST[:PORT] below `certificate_roots`.
  std::filesystem::path certificate_directory = {};
  std::vector<std::filesystem::path> certificate_roots = {};
  // How often a request is repeated after a failure of the network or the server (5xx, 429).
  int retries = 3;
  // How long a peer may be silent, or nearly so.
  std::chrono::seconds network_timeout{30};
  // Bytes per second in each direction, of all transfers with a registry together; 0: no limit.
  std::uint64_t rate_limit = 0;
  // Told of each request and answer, one line each, without credentials. Null: nobody is.
  std::function<void(const std::string&)> trace = {};
  // Told what the user should know, one line each, e.g. of a client's key that others can read. May be null.
  std::function<void(const std::string&)> warn = {};
  // The registries that were asked already, by options that are the same but for the credentials: they need
  // not be found again. Null: nothing is shared.
  std::shared_ptr<RegistryHosts> hosts = {};
};

}  // namespace imgcrypt
