#include "transport/registry/upload/upload_session.hpp"

#include "transport/http/repeat.hpp"

#include <exception>
#include <utility>

namespace imgcrypt {

UploadSession UploadSession::start(RegistryConnection& connection) {
  TextBody nothing({});
  HttpRequest post{"POST", connection.url("blobs/uploads/")};
  post.body = &nothing;
  post.cancel = Cancel::kDelayed;  // nobody could delete an upload whose address is not known
  const auto answer = connection.send(std::move(post));
  if (answer->head().status == 202) return {connection, *answer};
  throw connection.refusal(*answer, "push to " + connection.image().repository);
}

UploadSession::UploadSession(RegistryConnection& connection, const HttpExchange& answer)
    : connection_(&connection) {
  follow(answer);
  if (!location_)
    throw Error(ErrorCode::kRegistry, connection.image().host + " does not say where to upload a blob to",
                "tell its administrator, or that of a proxy before it: its answer to POST lacks Location");
  const auto shortest = answer.head().find("OCI-Chunk-Min-Length");
  shortest_chunk_ = shortest ? parse_number(*shortest).value_or(0) : 0;
}

UploadSession::UploadSession(UploadSession&& other) noexcept
    : connection_(other.connection_),
      location_(std::exchange(other.location_, std::nullopt)),
      shortest_chunk_(other.shortest_chunk_) {}

UploadSession& UploadSession::operator=(UploadSession&& other) noexcept {
  if (this == &other) return *this;
  remove();
  connection_ = other.connection_;
  location_ = std::exchange(other.location_, std::nullopt);
  shortest_chunk_ = other.shortest_chunk_;
  return *this;
}

UploadSession::~UploadSession() { remove(); }

void UploadSession::follow(const HttpExchange& answer) {
  const auto location = answer.head().find("Location");
  if (!location) return;
  Url next = answer.request().url.resolved(*location);
  if (answer.request().url.is_https() && !next.is_https())
    throw Error(ErrorCode::kRegistry, connection_->image().host + " wants the upload over plain http",
                "its administrator must set up https for the address that it gives");
  location_ = std::move(next);
}

void UploadSession::remove() noexcept {
  if (!location_) return;
  try {
    HttpRequest request{"DELETE", *location_};
    request.cancel = Cancel::kIgnored;
    const auto answer = connection_->send(std::move(request));
    (void)answer->read_all(std::size_t{64} * 1024);
  } catch (const std::exception&) {  // nobody can do more
  }
  location_.reset();
}

}  // namespace imgcrypt
