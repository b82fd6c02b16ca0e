// A descriptor as the input of libarchive, which reads through callbacks: errors of ours pass it by. For the
// sources of this folder.
#pragma once

#include "base/bytes.hpp"
#include "transport/archive/tar/libarchive.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <string>

namespace imgcrypt {

class TarInput {
 public:
  // Fills a part of the buffer, and returns how much of it; 0 at the end. May throw.
  using Read = std::function<std::size_t(MutableByteView buffer)>;
  // Skips at most so many bytes, and returns how many.
  using Skip = std::function<std::uint64_t(std::uint64_t size)>;

  // Without `skip` what is skipped is read.
  explicit TarInput(Read read, Skip skip = {}) : read_(std::move(read)), skip_(std::move(skip)) {}
  TarInput(const TarInput&) = delete;
  TarInput& operator=(const TarInput&) = delete;

  // Begins to read, with the formats and filters that were chosen. This object must outlive the reader.
  // Throws as require().
  void open(struct archive* reader);
  // Whether a call of the reader, which returned `status`, was not the end. Throws what a callback threw, and
  // kIntegrity, naming `what`, with libarchive's reason.
  bool require(struct archive* reader, int status, const std::string& what);

 private:
  static la_ssize_t on_read(struct archive* reader, void* self, const void** buffer) noexcept;
  static la_int64_t on_skip(struct archive* reader, void* self, la_int64_t size) noexcept;

  Read read_;
  Skip skip_;
  Bytes buffer_ = Bytes(std::size_t{64} * 1024);
  std::exception_ptr failure_;
};

}  // namespace imgcrypt
