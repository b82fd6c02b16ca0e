#include "streamproc/write.hpp"

#include "base/stream/fd_stream.hpp"
#include "base/stream/peeked_source.hpp"
#include "layer/decrypting_source.hpp"
#include "layer/inflate/inflating_source.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace imgcrypt::streamproc {
namespace {

constexpr int kPipeBytes = 1024 * 1024;  // what Linux grants everybody

void write_out(Source& source) {
  // containerd reads little at a time and would wake us for each read. If stdout is not a pipe, or a quota is
  // used up, it stays as it is.
  ::fcntl(STDOUT_FILENO, F_SETPIPE_SZ, kPipeBytes);
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

// layer.mac is copied: write_inflated may have used it already.
void write_as_stored(const OpenedLayer& layer, const Ciphertext& ciphertext) {
  const auto source = open_ciphertext(ciphertext, layer.size);
  DecryptingSource plaintext(*source, layer.options, layer.mac);
  write_out(plaintext);
}

// False, and nothing is written, when what comes out still looks compressed.
bool write_inflated(const OpenedLayer& layer, const Ciphertext& ciphertext) {
  const auto source = open_ciphertext(ciphertext, layer.size);
  DecryptingSource plaintext(*source, layer.options, layer.mac);
  InflatingSource inflating(plaintext);
  PeekedSource inflated(inflating, kMagicBytes);
  // Looked at before anything is written: the other form needs stdout from its first byte on.
  if (detect_compression(inflated.head()) != Compression::kNone) return false;
  write_out(inflated);
  return true;
}

}  // namespace

void write_layer(const OpenedLayer& layer, const Ciphertext& ciphertext, Inflate inflate) {
  if (is_to_be_inflated(layer, ciphertext, inflate) && write_inflated(layer, ciphertext)) return;
  write_as_stored(layer, ciphertext);
}

}  // namespace imgcrypt::streamproc
