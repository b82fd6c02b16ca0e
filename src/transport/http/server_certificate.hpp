// What certificate a server has, for messages about one that is not trusted: libcurl keeps it only when it
// is. Only for the sources of this folder.
#pragma once

#include "transport/http/http_message.hpp"
#include "transport/http/http_settings.hpp"

#include <string>

namespace imgcrypt {

// "of CN = registry, issued by CN = Our CA", on one line. Connects once more, without a look at the
// certificate, sends nothing and shows none of ours; empty if that does not succeed within seconds.
[[nodiscard]] std::string describe_server_certificate(const Url& url, HttpSettings settings);

}  // namespace imgcrypt
