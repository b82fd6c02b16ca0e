// What a proxy has to do with a transfer that failed. Only for the sources of this folder.
#pragma once

#include "transport/http/failed_transfer.hpp"

#include <string>

namespace imgcrypt {

inline constexpr const char* kProxyCure =
    "check https_proxy, http_proxy, all_proxy and no_proxy, also user and password in them";

// "the proxy 127.0.0.1 port 3128": the one that was connected to.
[[nodiscard]] std::string name_of_proxy(CURL* easy);

// Whether a failure of TLS is one between us and a proxy, rather than the server. Not seen where both have
// the same port.
[[nodiscard]] bool is_between_us_and_proxy(const FailedTransfer& failed);
// What it then is. REQUIRES: is_between_us_and_proxy(failed).
[[nodiscard]] FailureReading no_tls_with_proxy(const FailedTransfer& failed);

}  // namespace imgcrypt
