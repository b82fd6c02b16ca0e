#include "base/stream/whole_chunks.hpp"

#include "base/stream/chunk_pool.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {

std::optional<Chunk> WholeChunks::next() {
  std::optional<Chunk> chunk = rest_ ? std::exchange(rest_, std::nullopt) : inner_.next();
  if (!chunk || chunk->size() == kChunkSize) return chunk;
  FreshChunk gathered = fresh_beside(*chunk);
  std::size_t filled = 0;
  while (chunk) {
    const std::size_t size = std::min(chunk->size(), kChunkSize - filled);
    std::ranges::copy(chunk->view().first(size),
                      gathered.room().begin() + static_cast<std::ptrdiff_t>(filled));
    filled += size;
    if (size < chunk->size()) rest_ = chunk->slice(size, chunk->size() - size);
    if (filled == kChunkSize) break;
    chunk = inner_.next();
  }
  return std::move(gathered).filled(filled);
}

}  // namespace imgcrypt
