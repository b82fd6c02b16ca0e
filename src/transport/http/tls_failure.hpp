// Why there is no TLS connection that can be trusted: whose certificate is refused, and where another one
// goes. Only for the sources of this folder.
#pragma once

#include "transport/http/failed_transfer.hpp"

#include <string>
#include <string_view>

namespace imgcrypt {

// One of the two sides refuses the other's certificate, or they do not understand each other.
[[nodiscard]] FailureReading untrusted(const FailedTransfer& failed);
// The server did not take the greeting of TLS (CURLE_SSL_CONNECT_ERROR), e.g. as it speaks plain http.
[[nodiscard]] FailureReading refused_greeting(const FailedTransfer& failed);

// Who was asked about certificates, for messages.
[[nodiscard]] std::string authorities(const FailedTransfer& failed);
// Whether libcurl's words are those for an answer in text, by which plain http tells itself.
[[nodiscard]] bool is_plain_text(std::string_view words);

// Whether the server may have hung up for want of our certificate, and then what to do.
[[nodiscard]] bool may_want_certificate(const FailedTransfer& failed);
[[nodiscard]] std::string certificate_hint(const FailedTransfer& failed);

}  // namespace imgcrypt
