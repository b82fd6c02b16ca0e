#include "layer/inflate/diff_id.hpp"

#include "base/parallel.hpp"
#include "base/work_time.hpp"
#include "layer/inflate/inflating_source.hpp"

#include <imgcrypt/error.hpp>

#include <system_error>

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

Digest diff_id_of(Source& layer, HashAlgorithm algorithm) {
  InflatingSource content(layer);
  return digest_of(content, algorithm);
}

DiffIdSource::DiffIdSource(Source& layer, HashAlgorithm algorithm) : layer_(layer) {
  try {
    thread_ = std::thread([this, algorithm] { run(algorithm); });
  } catch (const std::system_error&) {
    queue_.abandon();
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
    // A few bytes may become very many: giving up is seen after the decompression.
    StoppableSource stoppable(content, is_given_up_);
    diff_id_ = digest_of(stoppable, algorithm);
  } catch (...) {
    failure_ = std::current_exception();
    queue_.abandon();
  }
}

std::optional<Chunk> DiffIdSource::next() {
  std::optional<Chunk> chunk = layer_.next();
  if (chunk) {
    queue_.write(*chunk);
  } else {
    queue_.end();
  }
  return chunk;
}

Digest DiffIdSource::diff_id() {
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
  return *diff_id_;
}

}  // namespace imgcrypt
