// Which certificates a registry's folder holds, as containers-certs.d(5) has it.
#pragma once

#include "transport/http/http_settings.hpp"
#include "transport/registry/registry_options.hpp"

#include <string>

namespace imgcrypt {

// Of `options`: the authorities of ca_file and of all NAME.crt, and the client certificate NAME.cert with its
// NAME.key, the first by name if there are several. Folders are certificate_directory, or those named `host`
// below certificate_roots, the first that exists. `origin` is who may see the client certificate
// (Url::authority). Throws kUsage when a file cannot be read, or one of certificate and key is missing. Warns
// of a key that others can read.
[[nodiscard]] HttpTrust find_trust(const RegistryOptions& options, const std::string& host,
                                   const std::string& origin);

}  // namespace imgcrypt
