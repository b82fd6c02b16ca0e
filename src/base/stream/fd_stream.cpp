#include "base/stream/fd_stream.hpp"

#include <algorithm>

namespace imgcrypt {
namespace {

constexpr std::size_t kLeastRead = 4096;  // bytes

}  // namespace

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

Bytes read_all(int fd, std::size_t limit, const std::string& what) {
  Bytes bytes;
  while (true) {
    const std::size_t used = bytes.size();
    bytes.resize(std::min(limit + 1,
                          used + std::max(kLeastRead, used)));  // one more byte tells that there are too many
    const std::size_t size = read_some(fd, MutableByteView(bytes).subspan(used), what);
    bytes.resize(used + size);
    if (size == 0) return bytes;
    if (bytes.size() > limit)
      throw Error(ErrorCode::kRefused, what + " is larger than " + std::to_string(limit) + " bytes");
  }
}

}  // namespace imgcrypt
