// The ciphertext of the layer, and every stream that reads it. Files are read without moving their position,
// which others may share. One thread at a time.
#pragma once

#include "base/process/fd.hpp"
#include "base/stream/stream.hpp"
#include "layer/layer_mac.hpp"
#include "oci/digest.hpp"

#include <memory>
#include <string>
#include <vector>

namespace imgcrypt::streamproc {

// The first bytes of stdin, by which the layer's blob is recognised. They are ciphertext under a key and a
// nonce of the layer's own, so no two layers begin alike by chance, only by intent.
struct Head {
  static constexpr std::size_t kMostBytes = 4096;

  Bytes bytes;
  bool is_whole = false;  // stdin holds nothing after them
};

// Waits for kMostBytes or the end. Throws kOther; kCancelled.
[[nodiscard]] Head read_head(int fd);

// Reads stdin, of which the head was read, to its end: what it is called in a store, by each algorithm.
// Throws kOther; kCancelled.
[[nodiscard]] std::vector<Digest> digests_of_stdin(const Head& head);

// Where the ciphertext is read from. Movable; holds the one descriptor that all passes read, so that a file
// of the same name that takes the place of this one changes nothing.
struct Ciphertext {
  Head head;
  // The blob, or a copy of stdin: verified before any of it is decrypted. Closed when stdin is to be
  // decrypted while it is read.
  Fd file;
  // The parent process has the blob open, and not as one of its standard files: it is containerd.
  bool is_open_in_parent = false;
};

// An unnamed file in `directory` that holds all of stdin, whose head was read: a layer of `size` bytes.
// Throws kIntegrity "blob damaged: ..." when stdin does not have that size, and writes no more than that;
// kOther or kNotFound, with a hint that names --spool-dir; kCancelled.
[[nodiscard]] Fd spool(const Head& head, std::uint64_t size, const std::string& directory);

// The file from its beginning, as often as it is opened, or stdin from its head on, once. The source throws
// kIntegrity "blob damaged: ..." unless it gives exactly `size` bytes. `ciphertext` must outlive it.
[[nodiscard]] std::unique_ptr<Source> open_ciphertext(const Ciphertext& ciphertext, std::uint64_t size);

// Reads the whole file. Throws kIntegrity when its size or HMAC is not the layer's; kCancelled. Returns a MAC
// for the next reader, which is cheaper and tells whether the file has changed since. REQUIRES:
// ciphertext.file is open.
[[nodiscard]] LayerMac verify(const Ciphertext& ciphertext, std::uint64_t size, LayerMac hmac);

}  // namespace imgcrypt::streamproc
