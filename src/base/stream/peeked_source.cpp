#include "base/stream/peeked_source.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {

PeekedSource::PeekedSource(Source& inner, std::size_t size) : inner_(inner) {
  while (head_.size() < size) {
    std::optional<Chunk> chunk = inner_.next();
    if (!chunk) return;
    const ByteView part = chunk->view().first(std::min(chunk->size(), size - head_.size()));
    head_.insert(head_.end(), part.begin(), part.end());
    ahead_.push_back(std::move(*chunk));
  }
}

std::optional<Chunk> PeekedSource::next() {
  if (ahead_.empty()) return inner_.next();
  Chunk chunk = std::move(ahead_.front());
  ahead_.pop_front();
  return chunk;
}

}  // namespace imgcrypt
