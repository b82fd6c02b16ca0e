// A part of a file as a stream, read at its own offsets, so that several threads may read parts of one file
// at the same time.
#pragma once

#include "base/stream/chunk_pool.hpp"
#include "base/stream/sticky_failure.hpp"
#include "base/stream/stream.hpp"

#include <string>

namespace imgcrypt {

struct FileRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // bytes

  bool operator==(const FileRange&) const = default;
};

class RangeSource final : public Source {
 public:
  // `fd` and `pool` must outlive it. `what` names the content in errors.
  RangeSource(int fd, const FileRange& range, std::string what, ChunkPool& pool)
      : fd_(fd), rest_(range), what_(std::move(what)), pool_(pool) {}
  // Throws kIntegrity when the file ends within the range, and as read_some_at.
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  [[nodiscard]] std::optional<Chunk> read_next();

  int fd_;
  FileRange rest_;
  std::string what_;
  ChunkPool& pool_;
  StickyFailure failure_;
};

// All of the range in memory. Throws kRefused when it has more than `limit` bytes, else as RangeSource.
[[nodiscard]] Bytes read_range(int fd, const FileRange& range, std::size_t limit, const std::string& what);

}  // namespace imgcrypt
