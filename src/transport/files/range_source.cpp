#include "transport/files/range_source.hpp"

#include "base/process/fd.hpp"

#include <algorithm>

namespace imgcrypt {

std::optional<Chunk> RangeSource::next() {
  return failure_.guard([this] { return read_next(); });
}

std::optional<Chunk> RangeSource::read_next() {
  if (rest_.size == 0) return std::nullopt;
  FreshChunk fresh = pool_.take();
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(rest_.size, fresh.room().size()));
  const std::size_t size = read_some_at(fd_, fresh.room().first(wanted), rest_.offset, what_);
  if (size == 0) throw Error(ErrorCode::kIntegrity, what_ + ": the file ends within it");
  rest_.offset += size;
  rest_.size -= size;
  return std::move(fresh).filled(size);
}

Bytes read_range(int fd, const FileRange& range, std::size_t limit, const std::string& what) {
  ChunkPool pool;
  RangeSource source(fd, range, what, pool);
  return read_all(source, limit, what);
}

}  // namespace imgcrypt
