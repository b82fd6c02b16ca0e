// What to tell the user when libcurl says that a transfer failed. Only for the sources of this folder.
#pragma once

#include "transport/http/failed_transfer.hpp"
#include "transport/http/transfer_failure.hpp"

#include <chrono>
#include <string>

namespace imgcrypt {

// One line with the host, what was asked, and the cure. Never quotes a query or a header.
[[nodiscard]] TransferFailure transfer_failure(const FailedTransfer& failed);
// For an answer of 407 to plain http, which only a proxy gives.
[[nodiscard]] TransferFailure proxy_refusal(const HttpRequest& request, CURL* easy);
// For a peer that let the time go by, silent or too slow. One of Error::silences().
enum class Stall { kSilent, kDripping };
[[nodiscard]] Error stall_error(const HttpRequest& request, std::chrono::seconds time,
                                Stall stall = Stall::kSilent);

// "GET https://HOST/v2/..." without the values of a query: what was asked, for messages and traces.
[[nodiscard]] std::string name_of(const HttpRequest& request);

}  // namespace imgcrypt
