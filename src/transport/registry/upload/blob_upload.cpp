#include "transport/registry/upload/blob_upload.hpp"

#include "transport/http/repeat.hpp"
#include "transport/http/stall_clock.hpp"
#include "transport/http/waiting.hpp"
#include "transport/registry/registry_words.hpp"
#include "transport/registry/upload/spooled_body.hpp"
#include "transport/registry/upload/upload_window.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostAnswerBytes = 64 * 1024;
// A registry reads the whole blob again for its digest, or moves it.
constexpr std::uint64_t kHashedPerSecond = std::uint64_t{10} * 1024 * 1024;

bool is_done(int status) { return status >= 200 && status < 300; }

Error lost_upload(const RegistryConnection& connection, const std::string& why) {
  return {ErrorCode::kNetwork, connection.image().host + ": the upload of a blob is lost: " + why,
          "try again"};
}

class Upload {
 public:
  Upload(BlobUploadPlace& place, const BlobInfo& info, Source& content)
      : connection_(place.connection),
        session_(std::move(place.session)),
        temporary_directory_(std::move(place.temporary_directory)),
        info_(info),
        window_(info, content),
        backoff_(connection_.retries()) {}

  Digest run() {
    if (info_.size <= kMostUnacknowledged) {
      const Digest digest = window_.finish();
      WindowBody body(window_, info_.size);
      return put(digest, body, Restart::kPossible);
    }
    if (session_.shortest_chunk() > kMostUnacknowledged) return put_at_once();
    while (window_.acknowledged() < info_.size) {
      if (!send_chunk()) return put_at_once();
    }
    const Digest digest = window_.finish();
    TextBody nothing({});
    return put(digest, nothing, Restart::kImpossible);
  }

 private:
  // Whether the body of the last request is the whole blob, so that a new session can take it.
  enum class Restart { kPossible, kImpossible };

  // False if the registry does not take chunks.
  bool send_chunk() {
    const std::uint64_t begin = window_.acknowledged();
    WindowBody body(window_, std::min(kMostUnacknowledged, info_.size - begin));
    HttpRequest patch{"PATCH", session_.location()};
    patch.headers = {
        {"Content-Type", "application/octet-stream"},
        {"Content-Range", std::to_string(begin) + "-" + std::to_string(begin + body.size() - 1)}};
    patch.body = &body;
    try {
      const auto answer = connection_.send(std::move(patch), Repeat::kNo);
      const int status = answer->head().status;
      if (is_done(status)) {
        (void)answer->read_all(kMostAnswerBytes);
        accept(*answer, begin, begin + body.size());
      } else if (status == 416 || may_pass(status)) {
        const auto asked = bearable_wait(*answer);
        find_position(connection_.refusal(*answer, "upload a chunk"), asked);
      } else if (status == 404) {
        session_.forget();
        throw lost_upload(connection_, "the registry does not know it any more");
      } else {
        return refuse_chunk(*answer, begin);
      }
    } catch (const TransferFailure& failure) {
      find_position(failure.error(), std::nullopt);
    }
    return true;
  }

  bool refuse_chunk(HttpExchange& answer, std::uint64_t begin) {
    const int status = answer.head().status;
    const bool is_unknown = status == 405 || status == 415 || status == 501;
    if (begin == 0 && is_unknown) return false;
    const Error refusal = connection_.refusal(answer, "upload a blob to " + connection_.image().repository);
    // A Location that a broken chunk has made useless; 400 or 416, as the registry likes.
    if (refusal.message().find("BLOB_UPLOAD_INVALID") == std::string::npos) throw Error(refusal);
    throw lost_upload(connection_, refusal.message());
  }

  // The registry may have taken less than it was sent, but not nothing for ever.
  void accept(const HttpExchange& answer, std::uint64_t begin, std::uint64_t sent) {
    session_.follow(answer);
    const auto range = answer.head().find("Range");
    move_to(range ? bytes_received(*range).value_or(sent) : sent);
    const std::uint64_t taken = window_.acknowledged() - begin;
    if (window_.acknowledged() == sent || taken >= StallClock::kWorthwhile) return;
    if (!backoff_.wait())
      throw lost_upload(connection_, "the registry takes no more than " + std::to_string(begin) + " bytes");
  }

  // Where the registry is after a chunk that it may have, or not: it is asked.
  void find_position(const Error& failure, std::optional<std::chrono::seconds> asked) {
    if (window_.acknowledged() >= last_failure_ + StallClock::kWorthwhile)
      backoff_ = Backoff(connection_.retries());
    last_failure_ = window_.acknowledged();
    if (!backoff_.wait(asked)) throw Error(failure);
    const auto answer = connection_.send({"GET", session_.location()});
    if (!is_done(answer->head().status)) {
      if (answer->head().status == 404) session_.forget();
      throw lost_upload(connection_, "the registry does not say how much of it is there (" +
                                         std::to_string(answer->head().status) + ")");
    }
    session_.follow(*answer);
    const auto position = bytes_received(answer->head().find("Range").value_or(""));
    if (!position) throw lost_upload(connection_, "the registry does not say how much of it is there");
    move_to(*position);
  }

  void move_to(std::uint64_t position) {
    if (position < window_.acknowledged())
      throw lost_upload(connection_, "the registry has lost bytes that it had acknowledged");
    if (position > window_.pulled())
      throw lost_upload(connection_, "the registry has more bytes than were sent");
    window_.acknowledge(position);
  }

  // For registries that take a blob in one request alone.
  Digest put_at_once() {
    if (info_.digest) {
      PassingBody body(window_);
      return put(*info_.digest, body, Restart::kImpossible);
    }
    SpooledBody body(temporary_directory_, window_);
    return put(window_.finish(), body, Restart::kPossible);
  }

  Digest put(const Digest& digest, RequestBody& body, Restart restart) {
    Backoff tries(connection_.retries());
    while (true) {
      std::optional<Error> failure;
      std::optional<std::chrono::seconds> asked;
      try {
        const auto answer = send_put(digest, body);
        const int status = answer->head().status;
        if (is_done(status)) return finished(digest, *answer);
        if (status == 404) session_.forget();
        if (status != 404 && !may_pass(status)) throw refused(*answer, digest);
        asked = bearable_wait(*answer);
        failure = status == 404 ? lost_upload(connection_, "the registry does not know it any more")
                                : connection_.refusal(*answer, "upload blob " + digest.string());
        if (status == 404 && restart == Restart::kImpossible) throw Error(*failure);
      } catch (const TransferFailure& broken) {
        failure = broken.error();
      }
      if (!tries.wait(asked)) throw Error(*failure);
      if (is_there(digest)) {  // the answer was lost, not the upload
        session_.forget();
        return digest;
      }
      if (restart == Restart::kPossible) session_ = UploadSession::start(connection_);
    }
  }

  std::unique_ptr<HttpExchange> send_put(const Digest& digest, RequestBody& body) {
    HttpRequest put{"PUT", session_.location().with_query("digest", digest.string())};
    put.headers = {{"Content-Type", "application/octet-stream"}};
    put.body = &body;
    put.patience = std::chrono::seconds(info_.size / kHashedPerSecond);
    return connection_.send(std::move(put), Repeat::kNo);
  }

  Digest finished(const Digest& digest, const HttpExchange& answer) {
    session_.forget();
    const auto stored = Digest::parse_if_valid(answer.head().find("Docker-Content-Digest").value_or(""));
    if (stored && stored->algorithm() == digest.algorithm() && *stored != digest)
      throw Error(ErrorCode::kRegistry,
                  connection_.image().host +
                      " has stored another blob than the one that was put: " + stored->string());
    return digest;
  }

  Error refused(HttpExchange& answer, const Digest& digest) {
    const RegistryProblem problem = read_problem(answer);
    if (problem.codes.find("DIGEST_INVALID") != std::string::npos)
      return {ErrorCode::kIntegrity, "blob " + digest.string() + " is damaged, says the registry " +
                                         connection_.image().host + ": what it was sent has another digest"};
    return connection_.refusal(answer,
                               "upload blob " + digest.string() + " to " + connection_.image().repository);
  }

  bool is_there(const Digest& digest) {
    const auto answer = connection_.send({"HEAD", connection_.url("blobs/" + digest.string())});
    return answer->head().status == 200;
  }

  RegistryConnection& connection_;
  UploadSession session_;
  std::filesystem::path temporary_directory_;
  const BlobInfo& info_;
  UploadWindow window_;
  Backoff backoff_;
  std::uint64_t last_failure_ = 0;  // what was acknowledged then
};

}  // namespace

Digest upload_blob(BlobUploadPlace place, const BlobInfo& info, Source& content) {
  return Upload(place, info, content).run();
}

}  // namespace imgcrypt
