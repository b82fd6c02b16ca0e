// Files, pipes and sockets as streams.
#pragma once

#include "base/process/fd.hpp"
#include "base/stream/chunk_pool.hpp"
#include "base/stream/sticky_failure.hpp"
#include "base/stream/stream.hpp"

#include <string>
#include <utility>

namespace imgcrypt {

// Reads a file that is closed with the source, or one that the caller keeps open and that must outlive it.
// Its chunks are full but for the last, however little a read(2) of a pipe gives. Errors name the file
// `what`.
class FdSource final : public Source {
 public:
  // `pool` must outlive it.
  FdSource(Fd owned, std::string what, ChunkPool& pool)
      : owned_(std::move(owned)), fd_(owned_.get()), what_(std::move(what)), pool_(pool) {}
  FdSource(int borrowed, std::string what, ChunkPool& pool)
      : fd_(borrowed), what_(std::move(what)), pool_(pool) {}
  [[nodiscard]] std::optional<Chunk> next() override;

 private:
  [[nodiscard]] std::optional<Chunk> read_next();

  Fd owned_;
  int fd_;
  std::string what_;
  ChunkPool& pool_;
  StickyFailure failure_;
};

// Writes to a file that the caller keeps open; keeps no chunk.
class FdSink final : public Sink {
 public:
  FdSink(int borrowed, std::string what) : fd_(borrowed), what_(std::move(what)) {}
  void write(Chunk chunk) override { write_all(fd_, chunk.view(), what_); }

 private:
  int fd_;
  std::string what_;
};

// The whole of a small file from where it is. Throws kRefused above `limit` bytes, and as read_some.
[[nodiscard]] Bytes read_all(int fd, std::size_t limit, const std::string& what);

}  // namespace imgcrypt
