#include "streamproc/opened_layer.hpp"

#include "base/stream/chunk_pool.hpp"
#include "base/stream/fd_stream.hpp"
#include "base/stream/peeked_source.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/inflate/inflating_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <thread>
#include <utility>

namespace imgcrypt::streamproc {
namespace {

constexpr int kPipeBytes = 1024 * 1024;  // what Linux grants everybody

class FileSource final : public Source {
 public:
  FileSource(const Fd& file, ChunkPool& pool) : file_(file), pool_(pool) {}

  [[nodiscard]] std::optional<Chunk> next() override {
    FreshChunk fresh = pool_.take();
    const std::size_t size = read_some_at(file_.get(), fresh.room(), offset_, "blob");
    if (size == 0) return std::nullopt;
    offset_ += size;
    return std::move(fresh).filled(size);
  }

 private:
  const Fd& file_;
  ChunkPool& pool_;
  std::uint64_t offset_ = 0;
};

// The layer's ciphertext and not a byte more or less, whatever its HMAC says.
class SizedSource final : public Source {
 public:
  SizedSource(Source& ciphertext, std::uint64_t size) : ciphertext_(ciphertext), size_(size) {}

  [[nodiscard]] std::optional<Chunk> next() override {
    std::optional<Chunk> chunk = ciphertext_.next();
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

  Source& ciphertext_;
  std::uint64_t size_;
  std::uint64_t seen_ = 0;
};

Hands hands_for(const OpenedLayer& layer) {
  const bool is_worth_it = layer.size >= kWorthASecondHand && std::thread::hardware_concurrency() > 1;
  return is_worth_it ? Hands::kTwo : Hands::kOne;
}

class BlobSource final : public Source {
 public:
  BlobSource(const OpenedLayer& layer, const Fd& file)
      : pool_(hands_for(layer)), file_(file, pool_), sized_(file_, layer.size) {}
  [[nodiscard]] std::optional<Chunk> next() override { return sized_.next(); }

 private:
  ChunkPool pool_;
  FileSource file_;
  SizedSource sized_;
};

void write_out(Source& source) {
  // containerd reads little at a time: it shall not wake us for each. No pipe, or an old quota, is no harm.
  ::fcntl(STDOUT_FILENO, F_SETPIPE_SZ, kPipeBytes);
  FdSink sink(STDOUT_FILENO, "stdout");
  pump(source, sink);
}

bool is_compressed_type(std::string_view media_type) {
  return media_type.find("gzip") != std::string_view::npos ||
         media_type.find("zstd") != std::string_view::npos;
}

}  // namespace

void check_layer(OpenedLayer& layer, const Fd& file) {
  BlobSource ciphertext(layer, file);
  layer.mac = verify_layer(ciphertext, std::move(layer.mac));
}

void write_streaming(const OpenedLayer& layer, Source& ciphertext) {
  SizedSource sized(ciphertext, layer.size);
  DecryptingSource plaintext(sized, layer.options, layer.mac);
  write_out(plaintext);
}

void write_plaintext(const OpenedLayer& layer, const Fd& file) {
  BlobSource ciphertext(layer, file);
  DecryptingSource plaintext(ciphertext, layer.options, layer.mac);
  write_out(plaintext);
}

void write_inflated(const OpenedLayer& layer, const Fd& file) {
  if (!is_compressed_type(layer.media_type)) {
    write_plaintext(layer, file);
    return;
  }
  BlobSource ciphertext(layer, file);
  DecryptingSource plaintext(ciphertext, layer.options, layer.mac);
  InflatingSource inflating(plaintext);
  PeekedSource inflated(inflating, kMagicBytes);
  if (detect_compression(inflated.head()) == Compression::kNone) {
    write_out(inflated);
  } else {
    write_plaintext(layer, file);
  }
}

}  // namespace imgcrypt::streamproc
