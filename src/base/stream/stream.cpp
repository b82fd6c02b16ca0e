#include "base/stream/stream.hpp"

#include "base/cancel.hpp"

#include <imgcrypt/error.hpp>

#include <algorithm>
#include <string>

namespace imgcrypt {

namespace {

class Nowhere final : public Sink {
 public:
  void write(Chunk) override {}
};

}  // namespace

std::uint64_t pump(Source& source, Sink& sink) {
  std::uint64_t total = 0;
  while (true) {
    // Both ends may never wait, e.g. with regular files, so no system call would notice a signal.
    throw_if_cancelled();
    std::optional<Chunk> chunk = source.next();
    if (!chunk) return total;
    total += chunk->size();
    sink.write(std::move(*chunk));
  }
}

std::uint64_t drain(Source& source) {
  Nowhere nowhere;
  return pump(source, nowhere);
}

Bytes read_all(Source& source, std::size_t limit, std::string_view what) {
  Bytes bytes;
  while (const std::optional<Chunk> chunk = source.next()) {
    if (chunk->size() > limit - bytes.size()) {
      throw Error(ErrorCode::kRefused,
                  std::string(what) + " is larger than " + std::to_string(limit) + " bytes");
    }
    bytes.insert(bytes.end(), chunk->view().begin(), chunk->view().end());
  }
  return bytes;
}

std::optional<Chunk> MemorySource::next() {
  const std::size_t size = std::min(rest_.size(), kChunkSize);
  if (size == 0) return std::nullopt;
  Chunk part = rest_.slice(0, size);
  rest_ = rest_.slice(size, rest_.size() - size);
  return part;
}

}  // namespace imgcrypt
