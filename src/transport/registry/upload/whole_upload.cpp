#include "transport/registry/upload/whole_upload.hpp"

#include "transport/http/repeat.hpp"
#include "transport/http/stall_clock.hpp"
#include "transport/http/waiting.hpp"
#include "transport/registry/registry_words.hpp"

#include <functional>
#include <utility>

namespace imgcrypt {
namespace {

// A registry reads the whole blob again for its digest, or moves it.
constexpr std::uint64_t kHashedPerSecond = std::uint64_t{10} * 1024 * 1024;

// Whether the body is the whole blob, so that a new session can take it.
enum class Restart { kPossible, kImpossible };

HttpRequest request_with(const std::string& method, const Url& url, RequestBody& body) {
  HttpRequest request{method, url};
  request.headers = {{"Content-Type", "application/octet-stream"}};
  request.body = &body;
  request.cancel = Cancel::kDelayed;
  return request;
}

// After a request that failed: a new session, which gets the body from its first byte.
void begin_again(PendingUpload& upload, RequestBody& body, const Error& failure) {
  try {
    body.rewind();
  } catch (const Error& error) {
    throw error.in(failure.message()).after_silences(upload.silences);
  }
  upload.session = upload.asking([&] { return UploadSession::start(upload.connection); });
}

// Sends requests until one is answered with something that waiting does not change. `is_over` is asked before
// the next one: true when the last one was obeyed all the same, and only its answer was lost; then there is
// none.
std::unique_ptr<HttpExchange> send_until_answered(PendingUpload& upload, RequestBody& body, Restart restart,
                                                  const std::function<HttpRequest()>& request,
                                                  const std::function<bool()>& is_over) {
  Backoff tries(upload.connection.retries());
  while (true) {
    std::optional<Error> failure;
    std::optional<std::chrono::seconds> asked;
    try {
      auto answer = upload.connection.send(request(), Repeat::kNo);
      const int status = answer->head().status;
      if (body.is_filler() && status == 202) upload.session.follow(*answer);
      body.throw_failure();
      if (status == 404) {
        upload.session.forget();
        failure = upload.lost("the registry does not know it any more");
        if (restart == Restart::kImpossible) throw Error(*failure);
      } else if (may_pass(status)) {
        asked = bearable_wait(*answer);
        failure =
            upload.connection.refusal(*answer, "upload a blob to " + upload.connection.image().repository);
      } else {
        return answer;
      }
    } catch (const TransferFailure& broken) {
      body.throw_failure();
      failure = upload.counted(broken.error());
    }
    if (upload.silences >= kMostSilences || !tries.wait(asked)) throw Error(*failure);
    if (upload.asking(is_over)) {
      upload.session.forget();
      return nullptr;
    }
    if (restart == Restart::kPossible) begin_again(upload, body, *failure);
  }
}

Error refused(PendingUpload& upload, HttpExchange& answer, const Digest& digest) {
  const RegistryConnection& connection = upload.connection;
  const RegistryProblem problem = read_problem(answer);
  if (problem.codes.find("DIGEST_INVALID") != std::string::npos)
    return {ErrorCode::kIntegrity,
            "blob " + digest.string() + " is damaged, says the registry " + connection.image().host +
                ": what it was sent has another digest",
            "push again; if it stays so, something between changes what is sent: a proxy, or its storage"};
  return upload.connection.refusal(answer,
                                   "upload blob " + digest.string() + " to " + connection.image().repository);
}

void check_stored(const PendingUpload& upload, const HttpExchange& answer, const Digest& digest) {
  const auto stored = Digest::parse_if_valid(answer.head().find("Docker-Content-Digest").value_or(""));
  if (stored && stored->algorithm() == digest.algorithm() && *stored != digest)
    throw Error(ErrorCode::kRegistry,
                upload.connection.image().host +
                    " has stored another blob than the one that was put: " + stored->string(),
                "push again; if it stays so, write to another registry, and tell its administrator");
}

void put(PendingUpload& upload, const Digest& digest, RequestBody& body, Restart restart) {
  const auto request = [&] {
    HttpRequest put =
        request_with("PUT", upload.session.location().with_query("digest", digest.string()), body);
    put.patience = std::chrono::seconds(upload.window.size() / kHashedPerSecond);
    return put;
  };
  const auto is_there = [&] {
    RegistryConnection& connection = upload.connection;
    return connection.send({"HEAD", connection.url("blobs/" + digest.string())})->head().status == 200;
  };
  const auto answer = send_until_answered(upload, body, restart, request, is_there);
  if (!answer) return;
  if (!is_done(answer->head().status)) throw refused(upload, *answer, digest);
  upload.session.forget();
  check_stored(upload, *answer, digest);
}

}  // namespace

bool patch_whole(PendingUpload& upload) {
  PassingBody body(upload.window);
  const auto answer = send_until_answered(
      upload, body, Restart::kPossible,
      [&] { return request_with("PATCH", upload.session.location(), body); }, [] { return false; });
  const HttpHead& head = answer->head();
  if (refuses_patch(head.status)) return false;
  if (!is_done(head.status))
    throw upload.connection.refusal(*answer, "upload a blob to " + upload.connection.image().repository);
  upload.session.follow(*answer);
  const auto range = head.find("Range");
  if (range && bytes_received(*range) != upload.window.size())
    throw upload.lost("the registry has not taken all that was sent");
  return true;
}

void put_whole(PendingUpload& upload, const Digest& digest, RequestBody& body) {
  put(upload, digest, body, Restart::kPossible);
}

void end_upload(PendingUpload& upload, const Digest& digest) {
  TextBody nothing({});
  put(upload, digest, nothing, Restart::kImpossible);
}

}  // namespace imgcrypt
