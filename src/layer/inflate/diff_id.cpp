#include "layer/inflate/diff_id.hpp"

#include "base/stream/stoppable_source.hpp"
#include "base/work_time.hpp"
#include "layer/inflate/inflating_source.hpp"

#include <imgcrypt/error.hpp>

#include <system_error>
#include <utility>

namespace imgcrypt {
namespace {

class HasherSink final : public Sink {
 public:
  explicit HasherSink(HashAlgorithm algorithm) : hasher_(algorithm), algorithm_(algorithm) {}
  void write(Chunk chunk) override { hasher_.update(chunk.view()); }
  [[nodiscard]] Digest digest() { return Digest::from_hash(algorithm_, hasher_.finish()); }

 private:
  Hasher hasher_;
  HashAlgorithm algorithm_;
};

Digest digest_of(Source& source, HashAlgorithm algorithm) {
  HasherSink sink(algorithm);
  pump(source, sink);
  return sink.digest();
}

}  // namespace

std::optional<std::string> trailing_note(const DiffId& diff_id) {
  if (diff_id.trailing_bytes == 0) return std::nullopt;
  return "ignored " + std::to_string(diff_id.trailing_bytes) +
         (diff_id.trailing_bytes == 1 ? " byte" : " bytes") +
         " after the end of the gzip data; containerd unpacks such a layer only where unpigz is installed";
}

DiffId diff_id_of(Source& layer, HashAlgorithm algorithm) {
  InflatingSource content(layer);
  Digest digest = digest_of(content, algorithm);
  return {std::move(digest), content.trailing_bytes()};
}

DiffIdSource::DiffIdSource(Source& layer, HashAlgorithm algorithm) : layer_(layer) {
  try {
    thread_ = std::thread([this, algorithm] { run(algorithm); });
  } catch (const std::system_error&) {
    queue_.abandon();  // nobody reads: write() must not wait
  }
}

DiffIdSource::~DiffIdSource() {
  is_given_up_ = true;
  queue_.end();
  if (thread_.joinable()) thread_.join();
}

void DiffIdSource::run(HashAlgorithm algorithm) noexcept {
  const WorkTimer timer(Work::kDiffId);
  try {
    InflatingSource content(queue_);
    // Around the decompressed stream, not the compressed one: a few bytes that are left may expand to very
    // many.
    StoppableSource stoppable(content, is_given_up_);
    Digest digest = digest_of(stoppable, algorithm);
    diff_id_ = {std::move(digest), content.trailing_bytes()};
  } catch (...) {
    failure_ = std::current_exception();
    queue_.abandon();  // otherwise the reader of the layer would wait for this thread for ever
  }
}

std::optional<Chunk> DiffIdSource::next() {
  std::optional<Chunk> chunk = layer_.next();
  if (chunk) {
    // Shared, not copied: a chunk is immutable.
    queue_.write(*chunk);
  } else {
    queue_.end();
  }
  return chunk;
}

DiffId DiffIdSource::diff_id() {
  thread_.join();
  // join() orders what the thread wrote before what is read here: neither needs a lock.
  if (failure_) std::rethrow_exception(failure_);
  return *diff_id_;
}

}  // namespace imgcrypt
