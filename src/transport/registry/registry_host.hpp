// One registry for a whole command: the client with its connections, where the registry is, and how it asks
// who we are. What depends on the repository is RegistryConnection's. May be used by several threads at once.
#pragma once

#include "transport/http/http_client.hpp"
#include "transport/http/transfer_failure.hpp"
#include "transport/registry/registry_options.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace imgcrypt {

// What was answered to a request without credentials.
struct AskedToLogIn {
  Url url;  // of the request
  HttpHead head;
};

// What a registry says to whom it does not know yet.
struct RegistryGreeting {
  Url base;  // the origin with /v2/: https, or http where TlsVerification allows that
  std::optional<AskedToLogIn> refusal;  // of the 401, if that was the answer
};

class RegistryHost {
 public:
  // Loads libcurl and reads the certificates; throws as curl_library() and find_trust(). Nobody is asked yet.
  RegistryHost(std::string host, const RegistryOptions& options);

  [[nodiscard]] HttpClient& client() noexcept { return client_; }
  // Asks for /v2/ the first time. Throws kNetwork; kRegistry when what answers is not a registry; then the
  // next call asks again.
  [[nodiscard]] const RegistryGreeting& greeting();

 private:
  [[nodiscard]] RegistryGreeting greet();
  [[nodiscard]] RegistryGreeting greet_without_tls(const Url& base, const TransferFailure& failure);
  [[nodiscard]] RegistryGreeting ping(const Url& base);
  [[nodiscard]] bool may_be_plain(const TransferFailure& failure) const;

  std::string host_;
  TlsVerification tls_;
  int retries_;
  HttpClient client_;
  std::mutex mutex_;
  std::optional<RegistryGreeting> greeting_;
};

// The registries of a command that are talked to in the same way. For any thread.
class RegistryHosts {
 public:
  // The one of that name, made with these options if it is the first time. Throws as RegistryHost.
  // REQUIRES: all options that it is given are the same but for the credentials.
  [[nodiscard]] std::shared_ptr<RegistryHost> find(const std::string& host, const RegistryOptions& options);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<RegistryHost>> hosts_;
};

}  // namespace imgcrypt
