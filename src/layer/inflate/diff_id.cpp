#include "layer/inflate/diff_id.hpp"

#include "base/parallel.hpp"
#include "base/work_time.hpp"
#include "layer/inflate/inflating_source.hpp"

#include <imgcrypt/error.hpp>

namespace imgcrypt {
namespace {

class HasherSink final : public Sink {
 public:
  explicit HasherSink(HashAlgorithm algorithm) : hasher_(algorithm), algorithm_(algorithm) {}
  void write(ByteView bytes) override { hasher_.update(bytes); }
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

DiffIdSource::DiffIdSource(Source& layer, HashAlgorithm algorithm)
    : layer_(layer), thread_([this, algorithm] { run(algorithm); }) {}

DiffIdSource::~DiffIdSource() {
  is_given_up_ = true;
  ring_.end();
  if (thread_.joinable()) thread_.join();
}

void DiffIdSource::run(HashAlgorithm algorithm) noexcept {
  const WorkTimer timer(Work::kDiffId);
  try {
    InflatingSource content(ring_);
    // A few bytes may become very many: giving up is seen behind the decompression.
    StoppableSource stoppable(content, is_given_up_);
    diff_id_ = digest_of(stoppable, algorithm);
  } catch (...) {
    failure_ = std::current_exception();
    ring_.abandon();
  }
}

std::size_t DiffIdSource::read(MutableByteView buffer) {
  const std::size_t size = layer_.read(buffer);
  if (size == 0) {
    ring_.end();
  } else {
    ring_.write(buffer.first(size));
  }
  return size;
}

Digest DiffIdSource::diff_id() {
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
  return *diff_id_;
}

}  // namespace imgcrypt
