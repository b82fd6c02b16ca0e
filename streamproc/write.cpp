#include "streamproc/write.hpp"

#include "base/stream/fd_stream.hpp"
#include "base/stream/peeked_source.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/inflate/inflating_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <memory>

namespace imgcrypt::streamproc {
namespace {

constexpr int kPipeBytes = 1024 * 1024;  // what Linux grants everybody

void write_out(Source& source) {
  FdSink sink(STDOUT_FILENO, "stdout");
  pump(source, sink);
}

// The OCI and Docker types all name it: "...tar+gzip", "...diff.tar.gzip", "...tar+zstd".
bool is_compressed_type(std::string_view media_type) {
  return media_type.find("gzip") != std::string_view::npos ||
         media_type.find("zstd") != std::string_view::npos;
}

// Decompressing needs bytes that were verified: they come from a file.
bool is_to_be_inflated(const OpenedLayer& layer, const Ciphertext& ciphertext, Inflate inflate) {
  const bool is_wanted =
      inflate == Inflate::kAlways || (inflate == Inflate::kAuto && ciphertext.is_open_in_parent);
  return is_wanted && ciphertext.file.is_open() && is_compressed_type(layer.media_type);
}

// layer.mac is copied: decompressing may have been tried with it already.
void write_as_stored(const OpenedLayer& layer, Source& ciphertext) {
  DecryptingSource plaintext(ciphertext, layer.options, layer.mac);
  write_out(plaintext);
}

// A layer on its way from ciphertext to decompressed bytes, looked at before anything is written: as it is
// stored, it needs stdout from its first byte on.
class InflatedLayer {
 public:
  // Throws when its beginning cannot be decompressed, or read at all.
  InflatedLayer(const OpenedLayer& layer, Source& ciphertext)
      : plaintext_(ciphertext, layer.options, layer.mac),
        inflating_(plaintext_),
        inflated_(inflating_, kLookedAt) {}

  [[nodiscard]] bool looks_compressed() const {
    return detect_compression(inflated_.head()) != Compression::kNone;
  }
  void write() { write_out(inflated_); }

 private:
  // Layers of up to so many bytes are decompressed to their verified end before the choice is made.
  static constexpr std::size_t kLookedAt = 8 * kChunkSize;

  DecryptingSource plaintext_;
  InflatingSource inflating_;
  PeekedSource inflated_;
};

// Null when the layer is to be written as it is stored. Decompressing may not cost an image that containerd
// would unpack, so whatever fails before the first byte is written is no failure yet: if the layer cannot be
// read, it will fail again.
std::unique_ptr<InflatedLayer> try_inflating(const OpenedLayer& layer, Source& ciphertext) {
  try {
    auto inflated = std::make_unique<InflatedLayer>(layer, ciphertext);
    return inflated->looks_compressed() ? nullptr : std::move(inflated);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    return nullptr;
  }
}

}  // namespace

void write_layer(const OpenedLayer& layer, const Ciphertext& ciphertext, Inflate inflate,
                 SandboxMode sandbox) {
  // containerd reads little at a time and would wake us for each read. If stdout is not a pipe, or a quota is
  // used up, it stays as it is.
  ::fcntl(STDOUT_FILENO, F_SETPIPE_SZ, kPipeBytes);
  auto source = open_ciphertext(ciphertext, layer.size);  // which starts the thread that hashes
  narrow(sandbox);
  if (is_to_be_inflated(layer, ciphertext, inflate)) {
    if (const auto inflated = try_inflating(layer, *source)) return inflated->write();
    source = open_ciphertext(ciphertext, layer.size);
  }
  write_as_stored(layer, *source);
}

}  // namespace imgcrypt::streamproc
