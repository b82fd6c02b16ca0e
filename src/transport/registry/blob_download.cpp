#include "transport/registry/blob_download.hpp"

#include "oci/layer_in_index.hpp"
#include "oci/media_types.hpp"
#include "transport/http/stall_clock.hpp"
#include "transport/registry/registry_client.hpp"
#include "transport/registry/registry_words.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

// Whom the registry sent us to for an answer; empty if it gave that itself.
std::string other_host(RegistryConnection& connection, const HttpExchange& answer) {
  const Url& from = answer.request().url;
  return from.has_origin_of(connection.url("")) ? std::string() : from.authority();
}

}  // namespace

std::vector<std::string> paths_of(const Descriptor& blob) {
  const std::string digest = blob.digest.string();
  if (is_manifest(blob.media_type) || is_index(blob.media_type)) return {"manifests/" + digest};
  const bool is_known = is_layer_in_index(blob) || is_image_config(blob.media_type);
  if (is_known) return {"blobs/" + digest};
  // An entry without a type is mostly a manifest, anything else mostly a blob.
  if (blob.media_type.empty()) return {"manifests/" + digest, "blobs/" + digest};
  return {"blobs/" + digest, "manifests/" + digest};
}

Error missing_blob(const RegistryConnection& connection, const Descriptor& blob, const std::string& sent_to) {
  const RegistryReference& image = connection.image();
  if (!sent_to.empty())
    return {ErrorCode::kNotFound,
            "blob " + blob.digest.string() + " is missing at " + sent_to + ", where " + image.host +
                " sends us for it",
            "tell the administrator of " + image.host + ", or push the whole image again"};
  return {ErrorCode::kNotFound,
          "blob " + blob.digest.string() + " is missing in " + image.host + "/" + image.repository,
          "push the whole image again"};
}

BlobFinding find_blob(RegistryConnection& connection, const Descriptor& blob) {
  std::string sent_to;
  const std::vector<std::string> paths = paths_of(blob);
  for (const std::string& path : paths) {
    HttpRequest head{"HEAD", connection.url(path)};
    head.headers = {{"Accept", path.starts_with("manifests/") ? accepted_documents() + ", */*" : "*/*"}};
    const auto answer = connection.send(std::move(head));
    if (answer->head().status == 200) return {.is_there = true, .size = answer->head().content_length()};
    // The second place is a guess, to which a registry may say anything.
    const bool is_guess = path != paths.front();
    if (answer->head().status != 404 && !is_guess)
      throw connection.refusal(
          *answer, "look for blob " + blob.digest.string() + " of " + connection.image().repository);
    if (sent_to.empty()) sent_to = other_host(connection, *answer);
  }
  return {.sent_to = sent_to};
}

BlobDownload::BlobDownload(RegistryConnection& connection, const Descriptor& blob, ChunkPool& pool)
    : connection_(connection), blob_(blob), pool_(pool), backoff_(connection.retries()) {
  begin();
}

std::unique_ptr<HttpExchange> BlobDownload::ask(const std::string& path, std::uint64_t from) {
  HttpRequest get{"GET", connection_.url(path)};
  get.headers = {{"Accept", path.starts_with("manifests/") ? accepted_documents() + ", */*" : "*/*"}};
  if (from > 0) get.headers.push_back({"Range", "bytes=" + std::to_string(from) + "-"});
  return connection_.send(std::move(get));
}

void BlobDownload::begin() {
  std::string sent_to;
  for (const std::string& path : paths_of(blob_)) {
    answer_ = ask(path, 0);
    path_ = path;
    if (answer_->head().status == 200) return;
    if (answer_->head().status != 404)
      throw connection_.refusal(
          *answer_, "read blob " + blob_.digest.string() + " of " + connection_.image().repository);
    if (sent_to.empty()) sent_to = other_host(connection_, *answer_);
  }
  throw missing_blob(connection_, blob_, sent_to);
}

// From where it broke; if the registry knows or takes no ranges, from the beginning, without what we have.
void BlobDownload::begin_again() {
  constexpr int kRangeRefused = 416;
  answer_ = ask(path_, position_);
  if (position_ > 0 && answer_->head().status == kRangeRefused) answer_ = ask(path_, 0);
  const HttpHead& head = answer_->head();
  if (position_ > 0 && head.status == 206) {
    if (begins_at(head.find("Content-Range").value_or(""), position_)) return;
    throw Error(
        ErrorCode::kRegistry,
        connection_.image().host + " gives another part of blob " + blob_.digest.string() +
            " than it was asked for",
        "try again; if it stays so, tell its administrator that Content-Range is not what Range asked for");
  }
  if (head.status == 200) return skip(position_);
  if (head.status == 404) throw missing_blob(connection_, blob_, other_host(connection_, *answer_));
  throw connection_.refusal(
      *answer_, "read the rest of blob " + blob_.digest.string() + " of " + connection_.image().repository);
}

void BlobDownload::skip(std::uint64_t bytes) {
  FreshChunk room = pool_.take();
  while (bytes > 0) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, kChunkSize));
    const std::size_t size = answer_->read(room.room().first(most));
    if (size == 0) return;  // too short, as the verification will find
    bytes -= size;
  }
}

std::size_t BlobDownload::read_some(MutableByteView room) {
  bool is_broken = false;
  while (true) {
    try {
      if (is_broken) begin_again();
      return answer_->read(room);
    } catch (const TransferFailure& failure) {
      // All is here, though the end was not said.
      if (position_ >= blob_.size) return 0;
      const bool has_progress = position_ >= last_break_ + StallClock::kWorthwhile;
      if (has_progress) backoff_ = Backoff(connection_.retries());
      const bool is_hopeless = failure.kind() == TransferFailure::Kind::kStalled && !has_progress;
      last_break_ = position_;
      if (is_hopeless || !backoff_.wait())
        throw failure.error().in("blob " + blob_.digest.string() + " after " + std::to_string(position_) +
                                 " bytes");
      is_broken = true;
    }
  }
}

std::optional<Chunk> BlobDownload::read_next() {
  FreshChunk fresh = pool_.take();
  std::size_t filled = 0;
  while (filled < kChunkSize) {
    const std::size_t size = read_some(fresh.room().subspan(filled));
    if (size == 0) break;
    filled += size;
    position_ += size;
  }
  if (filled == 0) return std::nullopt;
  return std::move(fresh).filled(filled);
}

std::optional<Chunk> BlobDownload::next() {
  return failure_.guard([this] { return read_next(); });
}

}  // namespace imgcrypt
