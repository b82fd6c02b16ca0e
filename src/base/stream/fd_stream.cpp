#include "base/stream/fd_stream.hpp"

#include <algorithm>

namespace imgcrypt {
std::optional<Chunk> FdSource::next() {
  return failure_.guard([this] { return read_next(); });
}

std::optional<Chunk> FdSource::read_next() {
  FreshChunk fresh = pool_.take();
  const MutableByteView room = fresh.room();
  // A pipe gives 64 KiB or less at a time: without this loop every decorator would run twice as often.
  std::size_t filled = 0;
  while (filled < room.size()) {
    const std::size_t size = read_some(fd_, room.subspan(filled), what_);
    if (size == 0) break;
    filled += size;
  }
  if (filled == 0) return std::nullopt;
  return std::move(fresh).filled(filled);
}

}  // namespace imgcrypt
