#include "base/stream/whole_chunks.hpp"

#include "base/stream/chunk_pool.hpp"

#include <algorithm>
#include <utility>

namespace imgcrypt {

std::optional<Chunk> WholeChunks::next() {
  if (!rest_) rest_ = inner_.next();
  if (!rest_ || rest_->size() == kChunkSize) return std::exchange(rest_, std::nullopt);
  FreshChunk gathered = fresh_beside(*rest_);  // may throw, while nothing is lost yet
  std::size_t filled = 0;
  // If inner_ throws in the middle, rest_ is still short, so that the next call asks inner_ again and throws
  // again.
  while (rest_ && filled < kChunkSize) {
    const std::size_t size = std::min(rest_->size(), kChunkSize - filled);
    std::ranges::copy(rest_->view().first(size),
                      gathered.room().begin() + static_cast<std::ptrdiff_t>(filled));
    filled += size;
    if (size < rest_->size()) {
      rest_ = rest_->slice(size, rest_->size() - size);
    } else {
      rest_ = filled < kChunkSize ? inner_.next() : std::nullopt;
    }
  }
  return std::move(gathered).filled(filled);
}

}  // namespace imgcrypt
