// Files, pipes and sockets as streams, with read(2) and write(2). Both are cancelled by a signal
// (base/cancel.hpp) while they wait.
#pragma once

#include "base/process/fd.hpp"
#include "base/stream/chunk_pool.hpp"
#include "base/stream/sticky_failure.hpp"
#include "base/stream/stream.hpp"

#include <string>
#include <utility>

namespace imgcrypt {

// Reads from where the file is to its end. All chunks but the last are full, however little one read(2) of a
// pipe gives. Throws kCancelled, and kOther for what the system reports, with `what` as the name of the file.
class FdSource final : public Source {
 public:
  // Closes the file when it is destroyed. `pool` must outlive it.
  FdSource(Fd owned, std::string what, ChunkPool& pool)
      : owned_(std::move(owned)), fd_(owned_.get()), what_(std::move(what)), pool_(pool) {}
  // The caller keeps the file open for as long as the source lives, and closes it. `pool` must outlive it.
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

// Writes to a file that the caller keeps open for as long as the sink lives. Every chunk is written when
// write() returns, but not synced to disk. Throws kCancelled, and kOther for what the system reports.
class FdSink final : public Sink {
 public:
  FdSink(int borrowed, std::string what) : fd_(borrowed), what_(std::move(what)) {}
  void write(Chunk chunk) override { write_all(fd_, chunk.view(), what_); }

 private:
  int fd_;
  std::string what_;
};

}  // namespace imgcrypt
