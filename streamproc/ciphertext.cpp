#include "streamproc/ciphertext.hpp"

#include "base/cancel.hpp"
#include "base/stream/chunk_pool.hpp"
#include "base/stream/fd_stream.hpp"
#include "base/stream/sticky_failure.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <thread>
#include <utility>

namespace imgcrypt::streamproc {
namespace {

// A pipe can be read once only: the head that was taken for the search comes first.
class StdinSource final : public Source {
 public:
  explicit StdinSource(const Head& head, Hands hands = Hands::kOne) : head_(head.bytes), pool_(hands) {}

  [[nodiscard]] std::optional<Chunk> next() override {
    std::optional<Chunk> chunk = head_.next();
    return chunk ? chunk : rest_.next();
  }

 private:
  MemorySource head_;
  ChunkPool pool_;
  FdSource rest_{STDIN_FILENO, "stdin", pool_};
};

// Reads at offsets of its own, so that two passes over one descriptor do not disturb each other.
class FileSource final : public Source {
 public:
  FileSource(const Fd& file, Hands hands) : file_(file), pool_(hands) {}

  [[nodiscard]] std::optional<Chunk> next() override {
    return failure_.guard([this] { return read_next(); });
  }

 private:
  [[nodiscard]] std::optional<Chunk> read_next() {
    FreshChunk fresh = pool_.take();
    const std::size_t size = read_some_at(file_.get(), fresh.room(), offset_, "blob");
    if (size == 0) return std::nullopt;
    offset_ += size;
    return std::move(fresh).filled(size);
  }

  const Fd& file_;
  ChunkPool pool_;
  std::uint64_t offset_ = 0;
  StickyFailure failure_;
};

// The descriptor's size is a limit and not only a check: without it, a file that grows while it is read would
// be read for as long as it grows.
class SizedSource final : public Source {
 public:
  SizedSource(std::unique_ptr<Source> inner, std::uint64_t size) : inner_(std::move(inner)), size_(size) {}

  [[nodiscard]] std::optional<Chunk> next() override {
    std::optional<Chunk> chunk = inner_->next();
    if (chunk) seen_ += chunk->size();
    if (seen_ > size_ || (!chunk && seen_ < size_)) fail();
    return chunk;
  }

 private:
  [[noreturn]] void fail() const {
    const std::string described = std::to_string(size_) + " bytes of its descriptor";
    throw Error(ErrorCode::kIntegrity,
                "blob damaged: " + (seen_ > size_
                                        ? "it is longer than the " + described
                                        : "it ends after " + std::to_string(seen_) + " of the " + described));
  }

  std::unique_ptr<Source> inner_;
  std::uint64_t size_;
  std::uint64_t seen_ = 0;
};

// A second thread hashes while the first reads; starting it costs more than a small layer takes.
Hands hands_for(std::uint64_t size) {
  // Asked for once: when the sandbox is narrow, the file that some C libraries look into is out of reach.
  static const unsigned cores = std::thread::hardware_concurrency();
  return size >= kWorthASecondHand && cores > 1 ? Hands::kTwo : Hands::kOne;
}

Fd spool_plainly(const Head& head, std::uint64_t size, const std::string& directory) {
  // It has no name at any moment, so nothing is left behind however we die.
  Fd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file.is_open()) throw errno_error("make a spool file in " + directory);
  SizedSource source(std::make_unique<StdinSource>(head), size);
  FdSink sink(file.get(), "spool file in " + directory);
  pump(source, sink);
  return file;
}

}  // namespace

Head read_head(int fd) {
  Head head{Bytes(Head::kMostBytes), false};
  std::size_t size = 0;
  // A pipe gives what is there, mostly less than was asked for: only 0 is the end (POSIX, read()).
  while (size < head.bytes.size() && !head.is_whole) {
    const std::size_t more = read_some(fd, MutableByteView(head.bytes).subspan(size), "stdin");
    head.is_whole = more == 0;
    size += more;
  }
  head.bytes.resize(size);
  return head;
}

std::vector<Digest> digests_of_stdin(const Head& head) {
  StdinSource source(head, Hands::kTwo);
  ChunkHash<Hasher> sha256{Hasher(HashAlgorithm::kSha256)};
  ChunkHash<Hasher> sha512{Hasher(HashAlgorithm::kSha512)};
  while (const auto chunk = source.next()) {
    throw_if_cancelled();
    sha256.update(*chunk);
    sha512.update(*chunk);
  }
  return {Digest::from_hash(HashAlgorithm::kSha256, sha256.finish()),
          Digest::from_hash(HashAlgorithm::kSha512, sha512.finish())};
}

Fd spool(const Head& head, std::uint64_t size, const std::string& directory) {
  try {
    return spool_plainly(head, size, directory);
  } catch (const Error& error) {
    const bool is_of_directory = error.code() == ErrorCode::kOther || error.code() == ErrorCode::kNotFound;
    // A hint that is there already knows more than ours.
    if (!is_of_directory || !error.hint().empty()) throw;
    throw Error(error.code(), error.message(), "name a directory with room for the layer with --spool-dir");
  }
}

std::unique_ptr<Source> open_ciphertext(const Ciphertext& ciphertext, std::uint64_t size) {
  std::unique_ptr<Source> all;
  if (ciphertext.file.is_open()) {
    all = std::make_unique<FileSource>(ciphertext.file, hands_for(size));
  } else {
    all = std::make_unique<StdinSource>(ciphertext.head);
  }
  return std::make_unique<SizedSource>(std::move(all), size);
}

LayerMac verify(const Ciphertext& ciphertext, std::uint64_t size, LayerMac hmac) {
  const auto source = open_ciphertext(ciphertext, size);
  return verify_layer(*source, std::move(hmac));
}

}  // namespace imgcrypt::streamproc
