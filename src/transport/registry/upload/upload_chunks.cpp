#include "transport/registry/upload/upload_chunks.hpp"

#include "transport/http/repeat.hpp"
#include "transport/http/stall_clock.hpp"
#include "transport/http/waiting.hpp"
#include "transport/registry/registry_words.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {
namespace {

constexpr std::size_t kMostAnswerBytes = 64 * 1024;

class ChunkSender {
 public:
  explicit ChunkSender(PendingUpload& upload)
      : connection_(upload.connection),
        upload_(upload),
        window_(upload.window),
        backoff_(connection_.retries()) {}

  // False if the registry does not take it.
  bool send_one() {
    const std::uint64_t begin = window_.acknowledged();
    WindowBody body(window_, std::min(kMostUnacknowledged, window_.size() - begin));
    HttpRequest patch{"PATCH", upload_.session.location()};
    patch.headers = {
        {"Content-Type", "application/octet-stream"},
        {"Content-Range", std::to_string(begin) + "-" + std::to_string(begin + body.size() - 1)}};
    patch.body = &body;
    patch.cancel = Cancel::kDelayed;
    try {
      const auto answer = connection_.send(std::move(patch), Repeat::kNo);
      const int status = answer->head().status;
      if (is_done(status)) upload_.session.follow(*answer);
      body.throw_failure();
      if (is_done(status)) {
        (void)answer->read_all(kMostAnswerBytes);
        accept(*answer, begin, begin + body.size());
      } else if (status == 416 || may_pass(status)) {
        const auto asked = bearable_wait(*answer);
        find_position(connection_.refusal(*answer, "upload a chunk"), asked);
      } else if (refuses_patch(status)) {
        return false;
      } else {
        refuse(*answer);
      }
    } catch (const TransferFailure& failure) {
      body.throw_failure();
      find_position(failure.error(), std::nullopt);
    }
    return true;
  }

 private:
  [[noreturn]] void refuse(HttpExchange& answer) {
    if (answer.head().status == 404) {
      upload_.session.forget();
      throw upload_.lost("the registry does not know it any more");
    }
    const Error refusal = connection_.refusal(answer, "upload a blob to " + connection_.image().repository);
    // A Location that a broken chunk has made useless; 400 or 416, as the registry likes.
    if (refusal.message().find("BLOB_UPLOAD_INVALID") == std::string::npos) throw Error(refusal);
    throw upload_.lost(refusal.message());
  }

  // The registry may have taken less than it was sent, but not nothing for ever.
  void accept(const HttpExchange& answer, std::uint64_t begin, std::uint64_t sent) {
    const auto range = answer.head().find("Range");
    move_to(range ? bytes_received(*range).value_or(sent) : sent);
    const std::uint64_t taken = window_.acknowledged() - begin;
    if (window_.acknowledged() == sent || taken >= StallClock::kWorthwhile) return;
    if (!backoff_.wait())
      throw upload_.lost("the registry takes no more than " + std::to_string(begin) + " bytes");
  }

  // Where the registry is after a chunk that it may have, or not: it is asked.
  void find_position(const Error& failure, std::optional<std::chrono::seconds> asked) {
    if (window_.acknowledged() >= last_failure_ + StallClock::kWorthwhile) {
      backoff_ = Backoff(connection_.retries());
      upload_.silences = 0;
    }
    last_failure_ = window_.acknowledged();
    const Error told = upload_.counted(failure);
    if (told.silences() >= kMostSilences || !backoff_.wait(asked)) throw Error(told);
    const auto answer = upload_.asking([&] { return connection_.send({"GET", upload_.session.location()}); });
    if (!is_done(answer->head().status)) {
      if (answer->head().status == 404) upload_.session.forget();
      throw upload_.lost("the registry does not say how much of it is there (" +
                         std::to_string(answer->head().status) + ")");
    }
    upload_.session.follow(*answer);
    const auto position = bytes_received(answer->head().find("Range").value_or(""));
    if (!position) throw upload_.lost("the registry does not say how much of it is there");
    move_to(*position);
  }

  void move_to(std::uint64_t position) {
    if (position < window_.acknowledged())
      throw upload_.lost("the registry has lost bytes that it had acknowledged");
    if (position > window_.pulled()) throw upload_.lost("the registry has more bytes than were sent");
    window_.acknowledge(position);
  }

  RegistryConnection& connection_;
  PendingUpload& upload_;
  UploadWindow& window_;
  Backoff backoff_;
  std::uint64_t last_failure_ = 0;  // what was acknowledged then
};

}  // namespace

bool send_chunks(PendingUpload& upload) {
  ChunkSender sender(upload);
  while (upload.window.acknowledged() < upload.window.size()) {
    if (!sender.send_one()) return false;
  }
  return true;
}

}  // namespace imgcrypt
