#include "transport/http/repeat.hpp"

#include "transport/http/transfer_error.hpp"
#include "transport/http/waiting.hpp"

namespace imgcrypt {
namespace {

bool may_be_repeated(TransferFailure::Kind kind) {
  return kind == TransferFailure::Kind::kLost || kind == TransferFailure::Kind::kUnreachable;
}

}  // namespace

bool may_pass(int status) noexcept {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::optional<std::chrono::seconds> bearable_wait(const HttpExchange& answer) {
  const auto wait = retry_after(answer.head());
  if (wait && *wait > kLongestRetryAfter)
    throw Error(ErrorCode::kRegistry,
                answer.request().url.authority() + " answers " + std::to_string(answer.head().status) +
                    " and asks us to come back in " + std::to_string(wait->count()) + " seconds (" +
                    name_of(answer.request()) + ")",
                "try again then");
  return wait;
}

std::unique_ptr<HttpExchange> send_repeatedly(HttpClient& client, const HttpRequest& request, int retries) {
  Backoff backoff(retries);
  while (true) {
    std::optional<std::chrono::seconds> asked;
    try {
      auto answer = client.send(request);
      if (!may_pass(answer->head().status)) return answer;
      asked = bearable_wait(*answer);
      if (!backoff.wait(asked)) return answer;
    } catch (const TransferFailure& failure) {
      if (!may_be_repeated(failure.kind()) || !backoff.wait()) throw Error(failure.error());
    }
  }
}

}  // namespace imgcrypt
