// Requests that are repeated when the network or the server fails for a moment.
#pragma once

#include "transport/http/http_client.hpp"

#include <memory>

namespace imgcrypt {

// HttpClient::send, up to `retries` more times when the connection fails, or the answer is 429, 500 or 502 to
// 504; `Retry-After` is obeyed up to a minute. Returns the last answer, whatever its status. A peer that is
// silent until the time limit is not asked again. Throws kNetwork; kRegistry when the server asks for a
// longer wait; else as HttpClient::send, but never TransferFailure. REQUIRES: the server may get the request
// twice.
[[nodiscard]] std::unique_ptr<HttpExchange> send_repeatedly(HttpClient& client, const HttpRequest& request,
                                                            int retries);

// Whether a status says that the same request may succeed later.
[[nodiscard]] bool may_pass(int status) noexcept;
// `Retry-After`, if there is one. Throws kRegistry when it is too long.
[[nodiscard]] std::optional<std::chrono::seconds> bearable_wait(const HttpExchange& answer);

// What `work` returns; a TransferFailure becomes its Error.
template <typename Work>
auto with_errors(const Work& work) {
  try {
    return work();
  } catch (const TransferFailure& failure) {
    throw Error(failure.error());
  }
}

}  // namespace imgcrypt
