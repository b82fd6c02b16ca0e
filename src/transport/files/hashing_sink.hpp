// Writes a stream to a region of a file, hashes it, and has the disk start early, so that little is left for
// fsync. Belongs to one thread; several may write to regions of one file.
#pragma once

#include "base/stream/chunk_hash.hpp"
#include "oci/digest.hpp"
#include "transport/files/range_source.hpp"

#include <limits>
#include <string>

namespace imgcrypt {

class HashingSink final : public Sink {
 public:
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

  // `fd` must outlive it. `what` names the file in errors. `expected` is how many bytes will come, for the
  // error when there is no space for them.
  HashingSink(int fd, const FileRange& region, HashAlgorithm algorithm, std::string what,
              std::uint64_t expected)
      : fd_(fd),
        region_(region),
        what_(std::move(what)),
        hasher_(Hasher(algorithm)),
        algorithm_(algorithm),
        expected_(expected) {}

  // Throws kIntegrity when there are more bytes than the region has, before one of them is written, and as
  // write_file_at.
  void write(Chunk chunk) override;
  // The digest of all bytes. To be called once, after the last of them.
  [[nodiscard]] Digest finish();
  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }  // bytes

 private:
  void start_write_back() noexcept;

  int fd_;
  FileRange region_;
  std::string what_;
  ChunkHash<Hasher> hasher_;
  HashAlgorithm algorithm_;
  std::uint64_t expected_;
  std::uint64_t written_ = 0;
  std::uint64_t started_ = 0;  // on their way to the disk
};

}  // namespace imgcrypt
