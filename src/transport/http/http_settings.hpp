// Whom a client of HTTP trusts, and how patient it is. Values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace imgcrypt {

// For TLS.
struct HttpTrust {
  bool verifies = true;
  // Authorities in PEM that are trusted besides the system's, and where they are from, for messages.
  std::string authorities = {};
  std::vector<std::filesystem::path> authority_files = {};
  // Takes the place of the system's folder of authorities, named by their hashes as OpenSSL wants it; several
  // with a colon between them. Empty: the system's.
  std::filesystem::path system_folder = {};
  // Where the registry's own certificates were looked for; empty: there is no such folder.
  std::filesystem::path folder = {};
  // Our own certificate and its key, in PEM, for `certificate_origin` (Url::authority) alone. Empty: none.
  std::filesystem::path certificate = {};
  std::filesystem::path key = {};
  std::string certificate_origin = {};

  // Whether the server at `authority` (Url::authority) is shown our certificate.
  [[nodiscard]] bool shows_certificate_to(const std::string& authority) const {
    return !certificate.empty() && certificate_origin == authority;
  }
};

// Where a client certificate goes, for hints of every kind of trouble with one.
[[nodiscard]] inline std::string client_certificate_cure(const std::filesystem::path& folder) {
  return "put a certificate NAME.cert and its own key NAME.key, in PEM and without a passphrase, into " +
         folder.string();
}

struct HttpSettings {
  HttpTrust trust = {};
  std::chrono::seconds timeout{30};  // without progress
  std::uint64_t rate_limit = 0;      // bytes per second, each direction; 0: none
  // One line for each request and answer, without credentials. May be null; called by any thread.
  std::function<void(const std::string&)> trace = {};
};

}  // namespace imgcrypt
